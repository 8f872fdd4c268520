import ArgumentParser
import Stores

/// `--mongodb-database`, in every command that speaks to MongoDB. The URI may hold a password, so it is no flag.
struct MongoOptions: ParsableArguments {
  @Option(help: ArgumentHelp("MongoDB database (default: marketing).", valueName: "name"))
  var mongodbDatabase: String?

  func open(_ settings: Settings) throws -> MongoDB {
    try MongoDB(
      uri: try settings.required(.mongoURI), database: try settings.required(.mongoDatabase, flag: mongodbDatabase))
  }
}
