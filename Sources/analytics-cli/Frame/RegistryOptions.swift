import ArgumentParser
import Foundation
import Models

/// `--models DIR`, in every command that reads or writes the registry.
struct RegistryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model registry (default: models).", valueName: "directory"))
  var models: String?

  func registry(_ settings: Settings) -> ModelRegistry {
    ModelRegistry(directory: URL(filePath: settings.optional(.modelsDirectory, flag: models) ?? "models"))
  }
}
