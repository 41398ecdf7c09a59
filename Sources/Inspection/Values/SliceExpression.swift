import HDF5

/// A slice of an array in NumPy's basic syntax: `d1/kernel[0:4, -1, ..., ::2]`.
struct SliceExpression {
  /// The selection on one axis.
  private enum Item {
    case index(Int)
    case range(start: Int?, stop: Int?, step: Int)
    /// As many complete axes as needed.
    case ellipsis
  }

  /// The selection on one axis of an array with a known shape.
  struct Axis {
    /// The selected positions, in ascending order.
    let slice: Slice
    /// Whether the result contains them in descending order.
    let isReversed: Bool
    /// Whether the result has this axis; an index removes it.
    let isKept: Bool
  }

  /// The name of the array.
  let name: String
  private let text: String
  private let items: [Item]

  /// Parses an expression; without brackets, it selects the whole array.
  init(_ text: String) throws(InspectionError) {
    self.text = text
    guard text.hasSuffix("]") else {
      guard !text.contains("["), !text.isEmpty else {
        throw .expression(text, .noBrackets)
      }
      (name, items) = (text, [.ellipsis])
      return
    }
    guard let bracket = text.lastIndex(of: "["), bracket > text.startIndex else {
      throw .expression(text, .noBrackets)
    }
    name = String(text[..<bracket])
    let inside = text[text.index(after: bracket)...].dropLast().filter { $0 != " " }
    var items: [Item] = []
    for part in inside.split(separator: ",", omittingEmptySubsequences: false)
    where !inside.isEmpty {
      items.append(try SliceExpression.item(part, in: text))
    }
    let ellipses = items.count { if case .ellipsis = $0 { true } else { false } }
    guard ellipses <= 1 else { throw .expression(text, .severalEllipses) }
    self.items = ellipses == 0 ? items + [.ellipsis] : items
  }

  private static func item(_ part: Substring, in text: String) throws(InspectionError) -> Item {
    if part == "..." { return .ellipsis }
    let words = part.split(separator: ":", omittingEmptySubsequences: false)
    var numbers: [Int?] = []
    for word in words {
      let number = Int(word)
      guard word.isEmpty || number != nil else {
        throw .expression(text, .notANumber("\(word)"))
      }
      numbers.append(number)
    }
    switch numbers.count {
    case 1:
      guard let index = numbers[0] else {
        throw .expression(text, .missingIndex)
      }
      return .index(index)
    case 2: return .range(start: numbers[0], stop: numbers[1], step: 1)
    case 3:
      guard numbers[2] != 0 else { throw .expression(text, .zeroStep) }
      return .range(start: numbers[0], stop: numbers[1], step: numbers[2] ?? 1)
    default: throw .expression(text, .tooManyColons("\(part)"))
    }
  }

  /// Returns the selection on each axis of an array with the given shape.
  func axes(of shape: [Int]) throws(InspectionError) -> [Axis] {
    let missing = shape.count - (items.count - 1)
    guard missing >= 0 else {
      throw .slice(
        expression: text,
        .tooManyIndices(items.count - 1, axes: shape.count))
    }
    let whole = Item.range(start: nil, stop: nil, step: 1)
    let perAxis = items.flatMap { item in
      if case .ellipsis = item { [Item](repeating: whole, count: missing) } else { [item] }
    }
    var axes: [Axis] = []
    for (axis, (item, extent)) in zip(perAxis, shape).enumerated() {
      switch item {
      case .index(let index):
        let position = index < 0 ? index + extent : index
        guard (0..<extent).contains(position) else {
          throw .slice(
            expression: text,
            .outOfBounds(index: index, axis: axis, extent: extent))
        }
        axes.append(
          Axis(slice: Slice(start: position, count: 1), isReversed: false, isKept: false))
      case .range(let start, let stop, let step):
        axes.append(SliceExpression.axis(start, stop, step, extent: extent))
      case .ellipsis: continue
      }
    }
    return axes
  }

  /// Clamps bounds beyond the array, as Python does.
  private static func axis(_ start: Int?, _ stop: Int?, _ step: Int, extent: Int) -> Axis {
    let step = max(step, -Int.max)
    let (lowest, highest) = step > 0 ? (0, extent) : (-1, extent - 1)
    func bound(_ value: Int?, _ missing: Int) -> Int {
      guard let value else { return missing }
      return min(max(value < 0 ? value + extent : value, lowest), highest)
    }
    let first = bound(start, step > 0 ? lowest : highest)
    let end = bound(stop, step > 0 ? highest : lowest)
    let span = step > 0 ? end - first : first - end
    guard span > 0 else {
      return Axis(slice: Slice(start: 0, count: 0), isReversed: false, isKept: true)
    }
    let count = (span - 1) / abs(step) + 1
    let stride = count > 1 ? abs(step) : 1
    let smallest = step > 0 ? first : first - (count - 1) * stride
    return Axis(
      slice: Slice(start: smallest, count: count, stride: stride), isReversed: step < 0,
      isKept: true)
  }
}
