import Foundation

/// What a reader must know of a model before trusting it: `card.json`, beside `model.json` (Mitchell et al. 2019).
public struct ModelCard: Codable, Sendable, Equatable {
  /// The rows of one side of the split.
  public struct Rows: Codable, Sendable, Equatable {
    /// Features see what is before this moment only (RFC 3339).
    public var featuresUntil: String
    /// Labels see what is from there on and before this moment.
    public var labelsUntil: String
    public var rows: Int
    public var positives: Int

    public init(featuresUntil: String, labelsUntil: String, rows: Int, positives: Int) {
      self.featuresUntil = featuresUntil
      self.labelsUntil = labelsUntil
      self.rows = rows
      self.positives = positives
    }

    enum CodingKeys: String, CodingKey {
      case rows, positives
      case featuresUntil = "features_until"
      case labelsUntil = "labels_until"
    }
  }

  /// The data that the model has seen.
  public struct DataWindow: Codable, Sendable, Equatable {
    /// The moment the model was trained as of (RFC 3339), and the time zone that cut its days.
    public var asOf: String
    public var timeZone: String
    public var horizonDays: Double
    public var firstEvent: String
    public var lastEvent: String
    public var customers: Int
    public var events: Int
    /// Of the journey store: two stores with the same are the same.
    public var storeChecksum: UInt32
    public var training: Rows
    public var validation: Rows

    public init(
      asOf: String, timeZone: String, horizonDays: Double, firstEvent: String, lastEvent: String, customers: Int,
      events: Int, storeChecksum: UInt32, training: Rows, validation: Rows
    ) {
      self.asOf = asOf
      self.timeZone = timeZone
      self.horizonDays = horizonDays
      self.firstEvent = firstEvent
      self.lastEvent = lastEvent
      self.customers = customers
      self.events = events
      self.storeChecksum = storeChecksum
      self.training = training
      self.validation = validation
    }

    enum CodingKeys: String, CodingKey {
      case customers, events, training, validation
      case asOf = "as_of"
      case timeZone = "timezone"
      case horizonDays = "horizon_days"
      case firstEvent = "first_event"
      case lastEvent = "last_event"
      case storeChecksum = "store_checksum"
    }
  }

  public struct Feature: Codable, Sendable, Equatable {
    public var name: String
    public var meaning: String

    public init(name: String, meaning: String) {
      self.name = name
      self.meaning = meaning
    }
  }

  /// The model and what it has to beat, on the same later rows.
  public struct Validation: Codable, Sendable, Equatable {
    public var model: BinaryMetrics
    /// By name: what each is stands in `baselineMeanings`.
    public var baselines: [String: BinaryMetrics]
    public var baselineMeanings: [String: String]

    public init(model: BinaryMetrics, baselines: [String: BinaryMetrics], baselineMeanings: [String: String]) {
      self.model = model
      self.baselines = baselines
      self.baselineMeanings = baselineMeanings
    }

    enum CodingKeys: String, CodingKey {
      case model, baselines
      case baselineMeanings = "baseline_meanings"
    }
  }

  public var format = 1
  public var task: String
  public var learner: String
  /// Whom the model is for, and what it predicts of them, in a sentence each.
  public var population: String
  public var label: String
  public var data: DataWindow
  public var features: [Feature]
  public var settings: [String: Double]
  /// Of the random numbers of the fit; nil when it uses none.
  public var seed: UInt64?
  public var validation: Validation
  public var codeVersion = CodeVersion.current

  public init(
    task: String, learner: String, population: String, label: String, data: DataWindow, features: [Feature],
    settings: [String: Double], seed: UInt64?, validation: Validation
  ) {
    self.task = task
    self.learner = learner
    self.population = population
    self.label = label
    self.data = data
    self.features = features
    self.settings = settings
    self.seed = seed
    self.validation = validation
  }

  enum CodingKeys: String, CodingKey {
    case format, task, learner, population, label, data, features, settings, seed, validation
    case codeVersion = "code_version"
  }
}

/// The version of this program, as cards and answers name it.
public enum CodeVersion {
  public static let current = "0.1.0"
}
