import Checkpoints
import Foundation
import Images
import Inference
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Explanations")
struct ExplanationTests {
  private struct Golden: Decodable {
    let picture: [UInt16]
    let label: Int
    let saliency: [Float]
    let gradcam: [Float]
    let occlusion: [Float]

    func influence(_ method: ExplanationMethod) -> [Float] {
      switch method {
      case .saliency: saliency
      case .gradcam: gradcam
      case .occlusion: occlusion
      }
    }
  }

  /// The model, its answer for the picture, and what Keras says.
  private func example(_ name: String) throws -> (Classifier, Prediction, Golden) {
    let golden = try JSONDecoder().decode(
      [String: Golden].self,
      from: Data(try readBytes(fixture("explanations/golden.json"))))
    let example = try #require(golden[name])
    let classifier = try Classifier(loading: fixture("explanations/\(name).keras"))
    let image =
      name == "gray"
      ? Image(width: 12, height: 12, format: .gray8, samples: example.picture)
      : Image(width: 10, height: 14, format: .rgb8, samples: example.picture)
    return (classifier, try classifier(image, named: name, mode: .none), example)
  }

  @Test("are those of Keras", arguments: ["gray", "rgb"], ExplanationMethod.allCases)
  func golden(name: String, method: ExplanationMethod) throws {
    let (classifier, prediction, golden) = try example(name)
    let explanation = try classifier.explain(prediction, by: method, label: golden.label)
    #expect((explanation.width, explanation.height) == (prediction.width, prediction.height))
    let wanted = golden.influence(method)
    try #require(explanation.influence.count == wanted.count)
    let difference = zip(explanation.influence, wanted).map { abs($0 - $1) }.max() ?? 1
    #expect(difference < 1e-4)
  }

  @Test("are of the answer by default, and drawn over the enlarged picture")
  func image() throws {
    let (classifier, prediction, _) = try example("rgb")
    let explanation = try classifier.explain(prediction, by: .saliency)
    #expect(explanation.label == prediction.label)
    let image = explanation.image(over: prediction)
    #expect((image.width, image.height) == (260, 364))
    #expect(image.format == .rgb8)
  }

  @Test("by Grad-CAM need a layer with spatial extent")
  func noExtent() throws {
    let classifier = try Classifier(loading: fixture("explanations/dense.keras"))
    let image = Image(width: 4, height: 4, format: .gray8, samples: (0..<16).map { 9 * $0 })
    let prediction = try classifier(image, named: "p", mode: .resize)
    #expect(throws: ExplanationError.noSpatialLayer) {
      try classifier.explain(prediction, by: .gradcam)
    }
    #expect(try classifier.explain(prediction, by: .saliency).influence.max() == 1)
  }

  @Test("by gradients that would take much more memory than known models are refused at once")
  func memory() throws {
    try withTemporaryDirectory { directory in
      let model = Sequential(
        (0..<8).map { UpSampling2D(2, name: "u\($0)") }
          + [GlobalAveragePooling2D(), Dense(2, activation: .softmax)])
      model.build(inputShape: [28, 28, 1])
      try Checkpoint(model: model).save(to: "\(directory)/a.keras")
      let classifier = try Classifier(loading: "\(directory)/a.keras")
      let image = Image(
        width: 28, height: 28, format: .gray8, samples: [UInt16](repeating: 9, count: 784))
      let prediction = try classifier(image, named: "p", mode: .resize)
      let error = try #require(throws: ExplanationError.self) {
        try classifier.explain(prediction, by: .saliency)
      }
      guard case .memory(let excess) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(excess.examples == 1 && excess.fitting == 0 && excess.layer == "u7")
    }
  }
}
