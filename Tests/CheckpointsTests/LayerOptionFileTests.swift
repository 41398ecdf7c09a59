import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Models of real Keras with options of every kind")
struct LayerOptionFileTests {
  private static let expected: JSON.Object = {
    let text = (try? readText(fixture("options/expected.json"))) ?? ""
    return (try? JSON(parsing: text))?.object ?? [:]
  }()

  static let files = expected.keys.sorted()

  private func tensor(_ name: String, of file: String) throws -> Tensor {
    let json = try #require(Self.expected[file]?[name])
    let values = (json["values"]?.array ?? []).compactMap(\.number).map { Float($0) }
    return Tensor(values, shape: Shape((json["shape"]?.array ?? []).compactMap(\.integer)))
  }

  /// How far a model is from Keras, relative to the greatest output.
  private func distance(_ path: String, _ file: String) throws -> Float {
    let model = try CheckpointFile(opening: path).loadModel()
    let (found, expected) = (
      model(try tensor("x", of: file)), try tensor("y", of: file)
    )
    #expect(found.shape == expected.shape)
    let scale = expected.scalars.map(abs).max() ?? 1
    return zip(found.scalars, expected.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
      / max(scale, 1e-30)
  }

  @Test("There are files of both generations of Keras")
  func isComplete() {
    #expect(Self.files.count { $0.hasPrefix("keras2_") } >= 12)
    #expect(Self.files.count { $0.hasPrefix("keras3_") } >= 12)
  }

  @Test(
    "Each model and its conversions compute what its Keras computes", arguments: files)
  func outputs(file: String) throws {
    let path = fixture("options/\(file)")
    #expect(try distance(path, file) < 2e-6)
    try withTemporaryDirectory { directory in
      for (name, format) in [
        ("a.keras", ModelFileFormat.keras), ("a.weights.h5", .weights), ("a.h5", .tfKeras),
      ] {
        _ = try Conversion(of: path, to: "\(directory)/\(name)", as: format)
        #expect(try distance("\(directory)/\(name)", file) < 2e-6, "\(name)")
        // And from there back, through the other Keras.
        let other: ModelFileFormat = format == .tfKeras ? .keras : .tfKeras
        _ = try Conversion(
          of: "\(directory)/\(name)", to: "\(directory)/b", as: other, replacing: true)
        #expect(try distance("\(directory)/b", file) < 2e-6, "\(name) and back")
      }
    }
  }

  @Test(
    "A model that calls layers with training=False does so in training",
    arguments: files.filter { $0.contains("frozen") })
  func frozen(file: String) throws {
    let model = try CheckpointFile(opening: fixture("options/\(file)")).loadModel()
    let found = model(try tensor("x", of: file), training: true)
    let expected = try tensor("training", of: file)
    for (a, b) in zip(found.scalars, expected.scalars) { #expect(abs(a - b) < 1e-5) }
  }

  @Test(
    "Regularizers, constraints and initializers are kept, and training applies all of them",
    arguments: files.filter { $0.contains("kept") })
  func kept(file: String) throws {
    let path = fixture("options/\(file)")
    let stored = try CheckpointFile(opening: path).architecture()
    #expect(stored.notes == [])
    let model = try CheckpointFile(opening: path).loadModel()
    #expect(try CheckpointFile(opening: path).notes(for: model) == [])
    try withTemporaryDirectory { directory in
      for (name, format) in [
        ("a.keras", ModelFileFormat.keras), ("a.weights.h5", .weights), ("a.h5", .tfKeras),
      ] {
        let conversion = try Conversion(of: path, to: "\(directory)/\(name)", as: format)
        #expect(conversion.notes == [])
        let found = try CheckpointFile(opening: "\(directory)/\(name)").architecture()
        for dialect in [KerasDialect.archive, .keras2] {
          #expect(
            found.kerasConfig(dialect)["config"]?["layers"]
              == stored.kerasConfig(dialect)["config"]?["layers"])
        }
      }
    }
  }
}
