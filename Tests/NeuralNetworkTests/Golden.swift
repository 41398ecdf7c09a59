import HDF5
import NeuralNetwork
import Tensors
import TestSupport

/// Reads numbers that Keras computed.
struct Golden: ~Copyable {
  let file: File

  init(_ name: String) throws {
    file = try File.open(fixture(name))
  }

  func tensor(_ path: String) throws -> Tensor {
    let dataset = try file.dataset(at: path)
    return Tensor(try dataset.read(as: Float.self), shape: Shape(dataset.shape))
  }

  func tensors(in group: String) throws -> [Tensor] {
    let count = try file.group(at: group).members.count
    return try (0..<count).map { try tensor("\(group)/\($0)") }
  }

  func json(_ attribute: String, of group: String) throws -> JSON {
    guard case .string(let text)? = try file.group(at: group).attribute(attribute) else {
      return .null
    }
    return try JSON(parsing: text)
  }

  func string(_ attribute: String, of group: String) throws -> String? {
    guard case .string(let text)? = try file.group(at: group).attribute(attribute) else {
      return nil
    }
    return text
  }

  func names(in group: String) throws -> [String] {
    try file.group(at: group).members.map(\.name)
  }
}

/// The optimizer that a Keras configuration describes.
func makeOptimizer(_ json: JSON) -> Optimizer? {
  let config = json["config"]
  func float(_ key: String) -> Float { Float(config?[key]?.number ?? .nan) }
  func double(_ key: String) -> Double { config?[key]?.number ?? .nan }
  func bool(_ key: String) -> Bool { config?[key]?.bool ?? false }
  switch json["class_name"]?.string {
  case "SGD":
    return SGD(
      learningRate: float("learning_rate"), momentum: float("momentum"), nesterov: bool("nesterov"))
  case "RMSprop":
    return RMSprop(
      learningRate: float("learning_rate"), rho: double("rho"), momentum: float("momentum"),
      epsilon: float("epsilon"), centered: bool("centered"))
  case "Adam":
    return Adam(
      learningRate: float("learning_rate"), beta1: double("beta_1"), beta2: double("beta_2"),
      epsilon: float("epsilon"), amsgrad: bool("amsgrad"))
  default:
    return nil
  }
}

/// The loss that a Keras configuration describes.
func makeLoss(_ json: JSON) -> (any Loss)? {
  let fromLogits = json["config"]?["from_logits"]?.bool ?? false
  let smoothing = Float(json["config"]?["label_smoothing"]?.number ?? 0)
  switch json["class_name"]?.string {
  case SparseCategoricalCrossentropy.className:
    return SparseCategoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing)
  case CategoricalCrossentropy.className:
    return CategoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing)
  default:
    return nil
  }
}
