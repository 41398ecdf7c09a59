import HDF5
import JSON
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
  try? Optimizer.make(kerasConfig: json)
}

/// A configuration of every registered optimizer in each of its forms: with its defaults, with the
/// options that add slots, and of each variant that has a name.
///
/// - Parameter options: Options of all of them.
/// - Returns: Each class with its options, as a file contains them.
func optimizerConfigs(_ options: JSON.Object = [:]) -> [JSON] {
  KerasRegistry.optimizers.flatMap { type in
    ([[:]] + type.optionsOfSlots + type.variants.map(\.options)).map { form in
      .object([
        "class_name": .string(type.className), "config": .object(form.merging(options) { $1 }),
      ])
    }
  }
}

/// The loss that a Keras configuration describes.
func makeLoss(_ json: JSON) -> (any Loss)? {
  try? Losses.make(kerasConfig: json)
}

/// The JSON in a fixture.
func jsonFixture(_ name: String) throws -> JSON {
  try JSON(parsing: String(decoding: readBytes(fixture(name)), as: UTF8.self))
}
