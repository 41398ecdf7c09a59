public import JSON

/// The state of a run besides weights and optimizer: its progress and its history.
///
/// Two runs with the same settings have bit-identical states at the same step, no matter when and
/// where they were stopped and resumed. Values that depend on the clock or the machine are
/// separate, in ``environment``.
///
/// ```swift
/// if let state = try Inspector(opening: path).report.training {
///   print(state.epoch, "epochs,", state.globalStep, "steps, seed", state.seed)
///   print(state.history["test_accuracy"] ?? [])  // one value for each epoch
/// }
/// ```
public struct TrainingState: Equatable, Sendable {
  /// The number of completed epochs.
  public var epoch = 0

  /// The number of completed steps in the current epoch.
  public var stepInEpoch = 0

  /// The number of completed steps since the start of the run.
  public var globalStep = 0

  /// The number of optimizer steps before the run, taken in another run.
  public var initialIterations = 0

  /// The seed of the run.
  public var seed: UInt64

  /// The state of the random number generators of the layers: seed and counter of each.
  public var layerSeeds: [LayerSeed] = []

  /// The position in the data: completed passes, and elements consumed in the current pass.
  public var dataPosition = DataPosition()

  /// SHA-256 of the data, in hexadecimal.
  public var dataDigest: String

  /// The files or arrays of the data: the beginning of the digest of each in hexadecimal, a space
  /// and its name; empty if they are not recorded.
  public var dataRecords: [String] = []

  /// Whether the file holds the moving averages (EMA) as weights, and the weights of the training
  /// in their place in the optimizer.
  public var holdsAverages = false

  /// The epoch whose weights the file holds, from 1, if they were restored at the end of the run;
  /// those of the end are kept beside them.
  public var restoredEpoch: Int?

  /// The sums of loss and accuracy over the current epoch.
  public var accumulators = Accumulators()

  /// The accumulated values of each metric over the current epoch, by the names of the metric and
  /// of the value; empty in runs of ``accumulators`` alone.
  public var metrics: [String: [String: [Double]]] = [:]

  /// Values of the caller by name, such as numbers and strings.
  public var values: JSON.Object = [:]

  /// The metrics of each completed epoch, by name; all lists have the same length.
  public var history: [String: [Double]] = [:]

  /// The settings of the run.
  public var settings: JSON.Object

  /// The changes of settings during the run, ordered by step.
  ///
  /// ``settings`` contains the values in effect; a change with a step after ``globalStep`` is
  /// pending.
  public var changes: [RunChange] = []

  /// The file from which the run started; `nil` if it started from newly initialized weights.
  ///
  /// It does not influence results; the changes and ``initialIterations`` do.
  public var origin: RunOrigin?

  /// A unique identifier of the run, even among runs with the same settings; empty if unknown.
  ///
  /// All files of a run share it. It does not influence results.
  public var runID = ""

  /// The length of the run's log in bytes, if it has one.
  public var logPosition: Int?

  /// Facts about the machine and the time, by name.
  public var environment: [String: String] = [:]

  /// The duration of each completed epoch, in seconds.
  public var epochSeconds: [Double] = []

  /// The number of optimizer steps, if they are counted apart from those of the run.
  ///
  /// A loop of one's own may take any number of optimizer steps for a batch.
  public var countedIterations: Int?

  /// The number of optimizer steps since the optimizer was created or reset.
  public var optimizerIterations: Int {
    if let countedIterations { return countedIterations }
    return changes.reduce(initialIterations + globalStep) { count, change in
      guard change.name == RunChange.optimizerIterations, let from = change.from.integer,
        let to = change.to.integer
      else { return count }
      return count &+ (to &- from)
    }
  }

  /// Whether all values of ``metrics`` are finite.
  var hasFiniteMetrics: Bool {
    metrics.values.allSatisfy { $0.values.joined().allSatisfy(\.isFinite) }
  }

  /// Creates a random ID for a run.
  package static func makeRunID() -> String {
    String(UInt64.random(in: .min ... .max), radix: 16)
  }

  /// The state of a random number generator.
  public struct LayerSeed: Equatable, Sendable {
    /// The seed of the generator.
    public var seed: UInt64

    /// The number of streams drawn so far.
    public var counter: UInt64

    /// Creates a state.
    ///
    /// - Parameters:
    ///   - seed: The seed of the generator.
    ///   - counter: The number of streams drawn so far.
    public init(seed: UInt64, counter: UInt64) {
      self.seed = seed
      self.counter = counter
    }
  }

  /// A position in repeatedly iterated data.
  public struct DataPosition: Equatable, Sendable {
    /// The number of completed passes over the data.
    public var iteration: Int

    /// The number of elements consumed in the current pass.
    public var elements: Int

    /// Creates a position.
    ///
    /// - Parameters:
    ///   - iteration: The number of completed passes over the data.
    ///   - elements: The number of elements consumed in the current pass.
    public init(iteration: Int = 0, elements: Int = 0) {
      self.iteration = iteration
      self.elements = elements
    }
  }

  /// Sums over the completed part of an epoch.
  public struct Accumulators: Equatable, Sendable {
    /// The weighted sum of the losses.
    public var lossTotal = 0.0

    /// The sum of the weights.
    public var lossCount = 0.0

    /// The number of correct predictions.
    public var correct = 0

    /// The number of predictions.
    public var count = 0

    /// Creates sums of 0.
    public init() {}
  }

  /// Creates the state of a new run.
  ///
  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - dataDigest: SHA-256 of the data, in hexadecimal.
  ///   - settings: The settings of the run.
  public init(seed: UInt64, dataDigest: String, settings: JSON.Object) {
    self.seed = seed
    self.dataDigest = dataDigest
    self.settings = settings
  }
}
