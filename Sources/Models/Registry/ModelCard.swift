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
    /// By which candidates were chosen and calibrated; nil in cards of models without any.
    public var tuning: Rows?
    /// Which nothing was chosen by.
    public var validation: Rows

    public init(
      asOf: String, timeZone: String, horizonDays: Double, firstEvent: String, lastEvent: String, customers: Int,
      events: Int, storeChecksum: UInt32, training: Rows, tuning: Rows? = nil, validation: Rows
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
      self.tuning = tuning
      self.validation = validation
    }

    enum CodingKeys: String, CodingKey {
      case customers, events, training, tuning, validation
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
    public var model: TaskMetrics
    /// By name: what each is stands in `baselineMeanings`.
    public var baselines: [String: TaskMetrics]
    public var baselineMeanings: [String: String]

    public init(model: TaskMetrics, baselines: [String: TaskMetrics], baselineMeanings: [String: String]) {
      self.model = model
      self.baselines = baselines
      self.baselineMeanings = baselineMeanings
    }

    /// Of probabilities.
    public init(model: BinaryMetrics, baselines: [String: BinaryMetrics], baselineMeanings: [String: String]) {
      self.init(
        model: .probability(model), baselines: baselines.mapValues { .probability($0) },
        baselineMeanings: baselineMeanings)
    }

    enum CodingKeys: String, CodingKey {
      case model, baselines
      case baselineMeanings = "baseline_meanings"
    }
  }

  /// One of the models that were tried, and what the tuning rows said of it.
  public struct Candidate: Codable, Sendable, Equatable {
    public var name: String
    /// Log-loss or deviance after calibration; nil where the tuning rows were too few.
    public var loss: Double?
    public var trees: Int?
    /// How its scores become probabilities; nil where they were not compared.
    public var calibration: String?
    /// Of the trees in a mixture.
    public var weight: Double?
    public var isChosen = false
    /// Why it could not be fitted.
    public var problem: String?

    public init(name: String) { self.name = name }

    enum CodingKeys: String, CodingKey {
      case name, loss, trees, calibration, weight, problem
      case isChosen = "chosen"
    }
  }

  /// The model against the champion of its time, on the last window.
  public struct Challenge: Codable, Sendable, Equatable {
    /// Its version.
    public var champion: String
    public var comparison: PairedBootstrap?
    /// Why they could not be compared.
    public var problem: String?

    public var wins: Bool { comparison?.isBetter ?? false }
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
  public var candidates: [Candidate]?
  /// Nil when there was no champion.
  public var challenge: Challenge?
  /// What `models drift` compares with.
  public var profile: ModelProfile?
  public var codeVersion = CodeVersion.current

  public init(
    task: String, learner: String, population: String, label: String, data: DataWindow, features: [Feature],
    settings: [String: Double], seed: UInt64?, validation: Validation, candidates: [Candidate]? = nil,
    challenge: Challenge? = nil, profile: ModelProfile? = nil
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
    self.candidates = candidates
    self.challenge = challenge
    self.profile = profile
  }

  enum CodingKeys: String, CodingKey {
    case format, task, learner, population, label, data, features, settings, seed, validation, candidates, challenge
    case profile
    case codeVersion = "code_version"
  }
}

/// The version of this program, as cards and answers name it.
public enum CodeVersion {
  public static let current = "0.1.0"
}
