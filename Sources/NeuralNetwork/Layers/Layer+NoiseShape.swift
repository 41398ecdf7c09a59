package import JSON
import Tensors

/// Noise shapes: the mask shapes of dropout layers.
extension Layer {
  /// Throws if the noise shape does not fit the input shape.
  func checkNoiseShape(_ noiseShape: [Int?]?, _ inputShape: Shape) throws(ShapeError) {
    guard let extents = noiseShape?.dropFirst() else { return }
    guard extents.count == inputShape.count,
      zip(extents, inputShape).allSatisfy({ $0 == nil || $0 == 1 || $0 == $1 })
    else {
      throw ShapeError(self, "has a noise_shape that does not fit its input \(inputShape)")
    }
  }
}

extension Tensor {
  /// The shape of a mask for the tensor; `nil` stands for the tensor's extent.
  func noiseShape(_ noiseShape: [Int?]?) -> Shape {
    guard let noiseShape else { return shape }
    return Shape(zip(noiseShape, shape).map { $0 ?? $1 })
  }
}

extension OptionReader {
  /// Reads a `noise_shape`: the extents of a mask, including the batch axis; `null` stands for the
  /// input's extent.
  func noiseShape() throws(KerasError) -> [Int?]? {
    guard let value = config["noise_shape"]?.withoutNumPy else { return nil }
    let extents = value.array ?? []
    guard (1...8).contains(extents.count),
      extents.allSatisfy({
        $0 == .null || ($0.integer.map { (1...Limit.extent).contains($0) } ?? false)
      })
    else {
      throw invalid(
        "noise_shape",
        "is \(value.text), which is not a list of extents from 1 to \(Limit.extent) or null")
    }
    return extents.map(\.integer)
  }
}

extension JSON {
  /// Extents in Keras's form, with `null` for unknown ones.
  package static func extents(_ extents: [Int?]) -> JSON {
    .array(extents.map { $0.map(JSON.integer) ?? .null })
  }
}
