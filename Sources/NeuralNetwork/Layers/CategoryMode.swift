import JSON
import Tensors

/// The form in which numbers of categories are returned; the raw values are Keras's.
///
/// ```swift
/// let counts = CategoryEncoding(4, mode: .count)([[0, 3], [1, 1]])
/// print(counts)  // [[1, 0, 0, 1], [0, 2, 0, 0]]
/// ```
public enum CategoryMode: String, CaseIterable, Sendable {
  /// The numbers themselves; of ``Discretization`` only.
  case integer = "int"
  /// A vector for each number, with 1 at its place.
  case oneHot = "one_hot"
  /// A vector for each example, with 1 at the place of each of its numbers.
  case multiHot = "multi_hot"
  /// A vector for each example that counts its numbers.
  case count

  /// The shape of encoded numbers without the batch axis.
  func outputShape(
    _ inputShape: Shape, count: Int, of layer: Layer
  ) throws(ShapeError) -> Shape {
    switch self {
    case .integer: return inputShape
    case .oneHot:
      let rest = inputShape.last == 1 ? Array(inputShape.dropLast()) : inputShape.dimensions
      return try layer.mergedShape(rest + [count])
    case .multiHot, .count:
      guard inputShape.count <= 1 else {
        throw ShapeError(
          layer, "encodes examples of one axis in the mode '\(rawValue)', not \(inputShape)")
      }
      return try layer.mergedShape([count])
    }
  }

  /// Encodes numbers; those outside of `0..<count` leave zeros.
  func encoded(_ numbers: [Int], shape: Shape, count: Int) -> Tensor {
    let outer: Shape
    let group: Int
    switch self {
    case .integer: return Tensor(numbers.map { Float($0) }, shape: shape)
    case .oneHot:
      outer = shape.count > 1 && shape.last == 1 ? Shape(shape.dropLast()) : shape
      group = 1
    case .multiHot, .count:
      outer = [shape[0]]
      group = numbers.count / max(1, shape[0])
    }
    var elements = [Float](repeating: 0, count: outer.elementCount * count)
    for (index, number) in numbers.enumerated() where (0..<count).contains(number) {
      let place = index / group * count + number
      elements[place] = self == .count ? elements[place] + 1 : 1
    }
    return Tensor(elements, shape: Shape(outer.dimensions + [count]))
  }
}

extension OptionReader {
  /// Reads the `output_mode` of a layer.
  func categoryMode(default fallback: CategoryMode) throws(KerasError) -> CategoryMode {
    try require("sparse", .bool(false))
    guard let value = config["output_mode"] else { return fallback }
    // An old name of Keras.
    let name = value.string == "binary" ? CategoryMode.multiHot.rawValue : value.string
    guard let mode = name.flatMap(CategoryMode.init), mode != .integer || fallback == .integer
    else {
      let names = CategoryMode.allCases.filter { $0 != .integer || fallback == .integer }
      throw problem(
        "output_mode",
        "is \(value.text.prefix(80)), not one of \(names.map(\.rawValue).joined(separator: ", "))")
    }
    return mode
  }
}
