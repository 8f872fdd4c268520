import ArgumentParser
import Ingest

/// `--brokers` and `--kafka-properties`, in every command that speaks to Kafka.
struct KafkaOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Kafka brokers.", valueName: "host:port,…"))
  var brokers: String?

  @Option(
    help: ArgumentHelp(
      "Further properties of Kafka's client (librdkafka), one name=value a line: security.protocol, sasl.password, …",
      valueName: "file"))
  var kafkaProperties: String?

  func configuration(_ settings: Settings) throws -> KafkaConfiguration {
    let brokers = try settings.required(.kafkaBrokers, flag: brokers, flagName: "--brokers")
    guard let file = settings.optional(.kafkaPropertiesFile, flag: kafkaProperties) else {
      return KafkaConfiguration(brokers: brokers)
    }
    return try KafkaConfiguration(brokers: brokers, propertiesFile: file)
  }
}
