// swift-tools-version: 6.2
import PackageDescription

// In CI a warning is an error; at a user's desk a newer compiler's new warning is not.
let strict: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]
let swift: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]

func system(_ name: String, _ pkgConfig: String, apt package: String) -> Target {
  .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

func target(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: swift)
}

let package = Package(
  name: "marketing-analytics",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "analytics-cli", targets: ["analytics-cli"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "YAML"]),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    system("CRdKafka", "rdkafka", apt: "librdkafka-dev"),
    system("CMongoC", "libmongoc-1.0", apt: "libmongoc-dev"),
    system("CLibPQ", "libpq", apt: "libpq-dev"),
    system("COpenBLAS", "openblas", apt: "libopenblas-dev"),
    system("CLAPACKE", "lapacke", apt: "liblapacke-dev"),
    system("CZlib", "zlib", apt: "zlib1g-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),
    // One C++ file behind a C header: Swift's C++ interop mode would spread to every importer.
    .target(
      name: "CSimdJSON", path: "Sources/CLibraries/CSimdJSON",
      linkerSettings: [.linkedLibrary("simdjson")]),

    target("Journeys", ["CSimdJSON", "CZlib", "CLinux"]),
    target("Generator", ["Journeys"]),
    target("LinearAlgebra", ["COpenBLAS", "CLAPACKE"]),
    target("Stores", ["CMongoC", "CLibPQ"]),
    target("Ingest", ["Stores", "Journeys", "CRdKafka", .product(name: "Logging", package: "swift-log")]),
    target("Attribution", ["LinearAlgebra", "Journeys"]),
    target("Models", ["LinearAlgebra", "Journeys"]),
    target("Scoring", ["Models", "Attribution", "Stores", "Journeys"]),
    target(
      "ScoreService",
      [
        "Scoring", "Stores", "Journeys",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "analytics-cli",
      dependencies: [
        "ScoreService", "Scoring", "Models", "Attribution", "Ingest", "Generator", "Stores", "Journeys",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: swift),

    // Depends on nothing that the product does not: a target is enough, and may look into the package.
    .executableTarget(
      name: "bench", dependencies: ["Attribution", "Generator", "Journeys"], path: "Benchmarks",
      exclude: ["Peers", "paths.py", "run.py", "table.py"], swiftSettings: swift),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swift),
    tests("Journeys", ["Journeys"]),
    tests("Generator", ["Generator", "Journeys"]),
    tests("LinearAlgebra", ["LinearAlgebra"]),
    tests("Stores", ["Stores"]),
    tests("Ingest", ["Ingest", "Stores", "Journeys", "CRdKafka", "analytics-cli"]),
    tests("Attribution", ["Attribution", "Generator", "Journeys"]),
    tests("Models", ["Models", "Journeys"]),
    tests("Scoring", ["Scoring", "Models", "Attribution", "Stores", "Journeys"]),
    tests(
      "ScoreService",
      [
        "ScoreService", "Scoring", "Stores",
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    // Runs the built binary as a user does.
    tests("CommandLine", ["analytics-cli", "Scoring", "Stores"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
