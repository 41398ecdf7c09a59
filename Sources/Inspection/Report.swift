public import Checkpoints
public import NeuralNetwork

/// What a file holds, found from the file alone.
///
/// Making a report reads names, shapes and a few scalars; the numbers of a model stay on the disk.
public struct Report: Sendable {
  /// The path of the file.
  public let path: String

  /// What file it is.
  public let kind: FileKind

  /// The size of the file in bytes.
  public let size: Int

  /// The version of Keras whose layout the file says it has.
  public let kerasVersion: String?

  /// The model, if the file holds one.
  public let model: ModelReport?

  /// The optimizer, if the file holds the state of one.
  public let optimizer: OptimizerReport?

  /// The state of a run, if the file holds one that can be read.
  public let training: TrainingState?

  /// Why the state of the run cannot be read, if it is there but damaged.
  public let trainingProblem: String?

  /// Whether a run can go on from the file, and if not, why.
  public var resumability: Resumability {
    if let trainingProblem { return .no(reason: trainingProblem) }
    guard training != nil else { return .no(reason: "it holds no training state") }
    guard optimizer != nil else { return .no(reason: "it holds no optimizer") }
    return .yes
  }

  /// Whether a run can go on from a file.
  public enum Resumability: Equatable, Sendable {
    /// It can.
    case yes

    /// It cannot.
    case no(reason: String)
  }
}

/// What kind of file it is, by its content.
public enum FileKind: Equatable, Sendable {
  /// A checkpoint of Cairn.
  case cairn(format: Int)

  /// Weights as Keras 3 saves them.
  case kerasWeights

  /// A whole model as Keras saves it into HDF5.
  case kerasModel

  /// Weights as Keras 2 saved them into HDF5.
  case kerasLegacyWeights

  /// Any other HDF5 file.
  case hdf5
}

/// The model in a file.
public struct ModelReport: Sendable {
  /// What the model is called, if the file says it.
  public let name: String?

  /// The shape of an input, without the batch axis, if the file says it.
  public let inputShape: [Int]?

  /// The layers, in order.
  public let layers: [LayerReport]

  /// Why the model's configuration cannot be used, if there is one.
  public let configurationProblem: String?

  /// The number of elements of all variables.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

  /// The size of all variables in bytes.
  public var bytes: Int { layers.reduce(0) { $0 + $1.bytes } }
}

/// A layer in a file.
public struct LayerReport: Sendable {
  /// What the layer is called.
  public let name: String

  /// The name of its class, if the file says it.
  public let className: String?

  /// The shape of an output, without the batch axis, if it can be told.
  public let outputShape: [Int]?

  /// The variables, in order.
  public let variables: [VariableReport]

  /// The number of elements of all variables.
  public var parameterCount: Int { variables.reduce(0) { $0 + $1.count } }

  /// The size of all variables in bytes.
  public var bytes: Int { variables.reduce(0) { $0 + $1.bytes } }
}

/// A variable in a file.
public struct VariableReport: Equatable, Sendable {
  /// What it is: `conv1/kernel`, or the layer and a number where names are not known.
  public let role: String

  /// Where it is in the file.
  public let path: String

  /// The extent of each axis.
  public let shape: [Int]

  /// The type of its elements.
  public let elementType: String

  /// The number of elements.
  public let count: Int

  /// The size in bytes.
  public let bytes: Int
}

/// The optimizer in a file.
public struct OptimizerReport: Sendable {
  /// The name of its class, if the file says it.
  public let className: String?

  /// Its options, if the file says them.
  public let options: [String: JSON]

  /// How many steps were taken, if the file says it.
  public let iteration: Int?

  /// The learning rate, if the file says it.
  public let learningRate: Float?

  /// The variables: the head and the slots.
  public let variables: [VariableReport]

  /// The number of elements of all variables.
  public var parameterCount: Int { variables.reduce(0) { $0 + $1.count } }

  /// The size of all variables in bytes.
  public var bytes: Int { variables.reduce(0) { $0 + $1.bytes } }
}
