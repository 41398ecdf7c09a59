import HDF5

/// A part of an array in NumPy's notation, such as `d1/kernel[0:4,:8]` or `vars/0[-1,::2]`.
public struct SliceExpression: Equatable, Sendable {
  /// What the array is called.
  public let name: String

  private let items: [Item]
  private let text: String

  private enum Item: Equatable {
    case index(Int)
    case range(start: Int?, end: Int?, step: Int)
  }

  /// Reads an expression.
  ///
  /// - Parameter text: A name, and an index or a range for each of the first axes in brackets.
  /// - Throws: ``InspectionError/slice(expression:problem:)`` if it is not one.
  public init(_ text: String) throws(InspectionError) {
    self.text = text
    guard let open = text.lastIndex(of: "["), text.hasSuffix("]"), open != text.startIndex else {
      throw .slice(expression: text, problem: "it is not a name and brackets, as in d1/kernel[0:4]")
    }
    name = String(text[..<open])
    var items: [Item] = []
    let inside = text[text.index(after: open)...].dropLast()
    for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
        .map { $0.filter { $0 != " " } }
      let numbers = words.map { Int($0) }
      guard zip(words, numbers).allSatisfy({ $0.isEmpty || $1 != nil }), words.count <= 3 else {
        throw .slice(expression: text, problem: "'\(part)' is neither a number nor a range")
      }
      if words.count == 1 {
        guard let index = numbers[0] else {
          throw .slice(expression: text, problem: "an index is missing")
        }
        items.append(.index(index))
      } else {
        let step = words.count == 3 ? numbers[2] ?? 1 : 1
        guard step > 0 else {
          throw .slice(expression: text, problem: "a step is at least 1, not \(step)")
        }
        items.append(.range(start: numbers[0], end: numbers[1], step: step))
      }
    }
    self.items = items
  }

  /// Finds out what the expression means for an array.
  ///
  /// - Parameter shape: The extents of the array.
  /// - Returns: What is taken of each axis, and the shape of the result: an index takes its axis away.
  /// - Throws: ``InspectionError/slice(expression:problem:)`` if the array has no such part.
  func resolved(
    for shape: [Int]
  ) throws(InspectionError) -> (slices: [Slice], shape: [Int]) {
    guard items.count <= shape.count else {
      throw .slice(
        expression: text, problem: "it has \(items.count) axes, the array has \(shape.count)")
    }
    var slices: [Slice] = []
    var result: [Int] = []
    for (axis, extent) in shape.enumerated() {
      let item = axis < items.count ? items[axis] : .range(start: nil, end: nil, step: 1)
      switch item {
      case .index(let index):
        let positive = index < 0 ? index + extent : index
        guard (0..<extent).contains(positive) else {
          throw .slice(
            expression: text, problem: "the index \(index) is outside of an axis of \(extent)")
        }
        slices.append(Slice(start: positive, count: 1))
      case .range(let start, let end, let step):
        // Bounds beyond the array are cut to it, as in NumPy.
        func bound(_ value: Int) -> Int { min(max(value < 0 ? value + extent : value, 0), extent) }
        let (first, last) = (bound(start ?? 0), bound(end ?? extent))
        let count = last > first ? (last - first - 1) / step + 1 : 0
        slices.append(Slice(start: first, count: count, stride: step))
        result.append(count)
      }
    }
    return (slices, result)
  }
}

/// The elements of a slice.
public struct SliceValues: Equatable, Sendable {
  /// The shape of the slice.
  public let shape: [Int]

  /// The elements, the last axis varying fastest.
  public let values: [Double]
}
