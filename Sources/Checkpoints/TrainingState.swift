public import JSON

/// What a run is besides weights and optimizer: where it stands, and how it got there.
///
/// Two runs with the same settings are in the same state at the same step, bit for bit, whenever and
/// wherever they were stopped and resumed. What depends on the clock or the machine is kept apart,
/// in ``environment``.
public struct TrainingState: Equatable, Sendable {
  /// How many epochs are complete.
  public var epoch = 0

  /// How many steps of the next epoch are done.
  public var stepInEpoch = 0

  /// How many steps were done since the beginning of the run.
  public var globalStep = 0

  /// How many steps the optimizer had taken before the run, in another one.
  public var initialIterations = 0

  /// The seed of the run.
  public var seed: UInt64

  /// The state of the random number generators of the layers: seed and counter of each.
  public var layerSeeds: [LayerSeed] = []

  /// How often the data was gone through before, and how many of its elements were taken since.
  public var dataPosition = DataPosition()

  /// SHA-256 of the data, in hexadecimal.
  public var dataDigest: String

  /// What was measured so far in the epoch that has begun.
  public var accumulators = Accumulators()

  /// What was measured in each complete epoch, by name; all lists have the same length.
  public var history: [String: [Double]] = [:]

  /// The settings of the run.
  public var settings: [String: JSON]

  /// What of the settings was changed after the run had begun, in the order of the steps.
  ///
  /// ``settings`` hold what is in effect; a change of a later step than ``globalStep`` is still to come.
  public var changes: [RunChange] = []

  /// The file that the run began with; `nil` if it began with weights of its own.
  ///
  /// It does not decide any bit: the changes and the number of steps before do.
  public var origin: RunOrigin?

  /// What tells the run from every other one, even with the same settings; empty if it is not known.
  ///
  /// Files of one run have it in common; it does not decide any other bit.
  public var runID = ""

  /// How long the run's log was, in bytes, if it has one.
  public var logPosition: Int?

  /// Facts about the machine and the moment, by name.
  public var environment: [String: String] = [:]

  /// How long each complete epoch took, in seconds.
  public var epochSeconds: [Double] = []

  /// How many steps the optimizer has taken since it was made or reset.
  public var optimizerIterations: Int {
    changes.reduce(initialIterations + globalStep) { count, change in
      guard change.name == RunChange.optimizerIterations, let from = change.from.integer,
        let to = change.to.integer
      else { return count }
      return count &+ (to &- from)
    }
  }

  /// The state of one generator.
  public struct LayerSeed: Equatable, Sendable {
    /// What the random numbers are a function of.
    public var seed: UInt64

    /// How many streams have been drawn.
    public var counter: UInt64

    /// Creates a state.
    ///
    /// - Parameters:
    ///   - seed: What the random numbers are a function of.
    ///   - counter: How many streams have been drawn.
    public init(seed: UInt64, counter: UInt64) {
      self.seed = seed
      self.counter = counter
    }
  }

  /// A place in data that are gone through again and again.
  public struct DataPosition: Equatable, Sendable {
    /// How often the data was gone through before.
    public var iteration: Int

    /// How many elements were taken since.
    public var elements: Int

    /// Creates a position.
    ///
    /// - Parameters:
    ///   - iteration: How often the data was gone through before.
    ///   - elements: How many elements were taken since.
    public init(iteration: Int = 0, elements: Int = 0) {
      self.iteration = iteration
      self.elements = elements
    }
  }

  /// Sums over the part of an epoch that is done.
  public struct Accumulators: Equatable, Sendable {
    /// The weighted sum of the losses.
    public var lossTotal = 0.0

    /// The sum of the weights.
    public var lossCount = 0.0

    /// How many predictions were right.
    public var correct = 0

    /// How many predictions there were.
    public var count = 0

    /// Creates sums of nothing.
    public init() {}
  }

  /// Creates the state of a run that is about to begin.
  ///
  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - dataDigest: SHA-256 of the data, in hexadecimal.
  ///   - settings: The settings of the run.
  public init(seed: UInt64, dataDigest: String, settings: [String: JSON]) {
    self.seed = seed
    self.dataDigest = dataDigest
    self.settings = settings
  }
}
