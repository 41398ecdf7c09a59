import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("ONNX files")
struct ONNXFormatTests {
  private func converted(_ path: String) throws -> (Conversion, DecodedModel) {
    try withTemporaryDirectory { directory in
      let conversion = try Conversion(of: path, to: "\(directory)/model.onnx", as: .onnx)
      let bytes = try readBytes("\(directory)/model.onnx")
      #expect(conversion.size == bytes.count)
      return (conversion, try #require(DecodedModel(bytes)))
    }
  }

  @Test("Classes, preparation and calibration are metadata; weights are those of the file")
  func metadata() throws {
    let path = "\(packageDirectory)/models/digits.h5"
    let (conversion, model) = try converted(path)
    #expect(conversion.notes == ["the layers that act only in training: dropout"])
    #expect(conversion.optimizer == nil)
    var metadata = model.metadata
    let numbers = ["temperature", "threshold"].map { metadata.removeValue(forKey: $0) ?? "" }
    let file = try CheckpointFile(opening: path)
    let rejection = try #require(try file.pictureConfig()?.rejection)
    #expect(numbers.map(Double.init) == [rejection.temperature, rejection.threshold])
    #expect(
      metadata == [
        "input_layout": "NHWC", "value_range": "0..1", "rejected_class": "none",
        "class_names": #"["0","1","2","3","4","5","6","7","8","9","none"]"#,
        "rejection_score": rejection.score,
      ])
    // The kernel [6, 6, 1, 64] with the filters first.
    let kernel = try file.loadModel().variables[0].value.transposed([3, 2, 0, 1])
    let bytes = kernel.scalars.flatMap { number in
      stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: number.bitPattern >> $0) }
    }
    #expect(model.initializers["conv2d/kernel"] == bytes)
  }

  @Test("The optimizer is not kept, and said so; an open size is kept")
  func notes() throws {
    let (conversion, _) = try converted(
      fixture("keras/tiny_seq_step5.keras", of: "CheckpointsTests"))
    #expect(conversion.notes == ["the state of the optimizer"] && conversion.optimizer == nil)
    let (open, _) = try converted(
      fixture("options/keras3_open_size.keras", of: "CheckpointsTests"))
    #expect(open.notes == [])
  }

  @Test("The layers of a model that sees each step have the weights of the file")
  func weightsOfSteps() throws {
    let path = fixture("recurrent/keras3_film.keras", of: "CheckpointsTests")
    let (_, model) = try converted(path)
    let variable = try CheckpointFile(opening: path).loadModel().variables[0]
    let kernel = variable.value.transposed([3, 2, 0, 1]).scalars
    let name = try #require(model.initializers.keys.first { $0.hasSuffix("conv2d/kernel") })
    #expect(
      model.initializers[name]
        == kernel.flatMap { number in
          stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: number.bitPattern >> $0) }
        })
  }

  @Test("A layer of a user is refused in one sentence, and no file appears")
  func refused() throws {
    final class Squares: Layer {
      override func call(_ x: Tensor, training: Bool) -> Tensor { x * x }
    }
    let model = Sequential([Dense(2), Squares(name: "own")])
    model.build(inputShape: [2])
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.onnx"
      let error = try #require(throws: CheckpointError.self) {
        try Checkpoint(model: model).save(to: path, as: .onnx)
      }
      #expect(
        "\(error)"
          == "Cannot save the model: The layer 'own' is of the class 'Squares', which has no form "
          + "in ONNX")
      #expect(throws: (any Error).self) { try readBytes(path) }
    }
  }
}
