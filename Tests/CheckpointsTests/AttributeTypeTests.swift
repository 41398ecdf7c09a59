import Checkpoints
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The types of attributes are compared as the bytes that libhdf5 writes for them.
///
/// The expected ones are those in files of real Keras.
@Suite("Attributes")
struct AttributeTypeTests {
  @Test("Strings have the same types as in files of Keras, name by name")
  func types() throws {
    let keras =
      attributes(in: try readBytes(fixture("keras/tiny_seq_step5.h5")))
      .union(attributes(in: try readBytes(fixture("keras/tiny_seq_step5.weights.h5"))))
    let ours = try withTemporaryDirectory { directory in
      let model = Sequential([
        Conv2D(4, 3, activation: .relu), Flatten(), Dense(8, activation: .relu), Dense(10),
      ])
      model.build(inputShape: [12, 12, 1])
      try Checkpoint(
        model: model, optimizer: Adam(), loss: SparseCategoricalCrossentropy(fromLogits: true)
      ).save(to: "\(directory)/c.h5")
      return attributes(in: try readBytes("\(directory)/c.h5"))
    }
    let names: Set = [
      "backend", "keras_version", "layer_names", "model_config", "name", "training_config",
      "weight_names",
    ]
    // The optimizer's names are in Keras's file too, as a list of another length.
    let optimizer = Attribute(name: "weight_names", type: .init(.ascii), extents: [14])
    #expect(keras.contains(optimizer))
    #expect(ours.filter { names.contains($0.name) } == keras.subtracting([optimizer]))
    #expect(
      Set(ours.map(\.name)) == names.union(["checkpoint_format", "checkpoint_format_version"]))
  }

  @Test("A configuration is ASCII though names are not, as in Keras; lists of such names are UTF-8")
  func otherLanguages() throws {
    let found = try withTemporaryDirectory { directory in
      let model = Sequential([Dense(2, name: "höhe")])
      model.build(inputShape: [4])
      try Checkpoint(model: model).save(to: "\(directory)/c.h5")
      return attributes(in: try readBytes("\(directory)/c.h5"))
    }
    #expect(found.contains(Attribute(name: "model_config", type: .init(.ascii), extents: [])))
    #expect(found.contains(Attribute(name: "layer_names", type: .init(.utf8), extents: [1])))
    #expect(found.contains(Attribute(name: "weight_names", type: .init(.utf8), extents: [2])))
  }

  /// An attribute without its value.
  private struct Attribute: Hashable {
    let name: String
    /// The message of the datatype, of which the first eight bytes tell all but the base type.
    let type: AttributeType
    let extents: [Int]
  }

  private struct AttributeType: Hashable {
    enum CharacterSet: UInt8 {
      case ascii
      case utf8
    }

    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A null-terminated string of variable length.
    init(_ characterSet: CharacterSet) {
      bytes = [0x19, 0x01, characterSet.rawValue, 0, 16, 0, 0, 0]
    }
  }

  /// Finds attribute messages of version 1, the one that both write.
  ///
  /// Source: HDF5 File Format Specification 3.0, IV.A.2.m.
  private func attributes(in bytes: [UInt8]) -> Set<Attribute> {
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    func padded(_ size: Int) -> Int { (size + 7) / 8 * 8 }
    let known = [
      "backend", "checkpoint_format", "checkpoint_format_version", "keras_version", "layer_names",
      "model_config", "name", "training_config", "weight_names",
    ]
    var attributes: Set<Attribute> = []
    for start in stride(from: 0, to: bytes.count - 64, by: 8) where bytes[start] == 1 {
      let (nameSize, typeSize, spaceSize) =
        (number(start + 2, 2), number(start + 4, 2), number(start + 6, 2))
      guard bytes[start + 1] == 0, (2...64).contains(nameSize), (8...64).contains(typeSize),
        [8, 16, 24].contains(spaceSize)
      else { continue }
      let name = bytes[start + 8..<start + 8 + nameSize]
      guard let text = known.first(where: { Array($0.utf8) + [0] == Array(name) }) else { continue }
      let type = start + 8 + padded(nameSize)
      let space = type + padded(typeSize)
      let rank = Int(bytes[space + 1])
      attributes.insert(
        Attribute(
          name: text, type: AttributeType(bytes: Array(bytes[type..<type + 8])),
          extents: (0..<rank).map { number(space + 8 + 8 * $0, 8) }))
    }
    return attributes
  }
}
