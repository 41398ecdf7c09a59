import HDF5

/// A part of an array as NumPy's basic slicing writes it: `d1/kernel[0:4, -1, ..., ::2]`.
struct SliceExpression {
  /// What is taken of one axis.
  private enum Item {
    case index(Int)
    case range(start: Int?, stop: Int?, step: Int)
    /// As many whole axes as are missing.
    case ellipsis
  }

  /// One axis of a selection.
  struct Axis {
    /// What is read, in rising order.
    let slice: Slice
    /// Whether the result has it in falling order.
    let isReversed: Bool
    /// Whether the result has this axis; an index takes it away.
    let isKept: Bool
  }

  /// What the array is called.
  let name: String
  private let text: String
  private let items: [Item]

  /// Reads an expression; without brackets it is all of the array.
  init(_ text: String) throws(InspectionError) {
    self.text = text
    guard text.hasSuffix("]") else {
      guard !text.contains("["), !text.isEmpty else {
        throw .expression(text, problem: "it must be a name with brackets, as in 'd1/kernel[0:4]'")
      }
      (name, items) = (text, [.ellipsis])
      return
    }
    guard let bracket = text.lastIndex(of: "["), bracket > text.startIndex else {
      throw .expression(text, problem: "it must be a name with brackets, as in 'd1/kernel[0:4]'")
    }
    name = String(text[..<bracket])
    let inside = text[text.index(after: bracket)...].dropLast().filter { $0 != " " }
    var items: [Item] = []
    for part in inside.split(separator: ",", omittingEmptySubsequences: false)
    where !inside.isEmpty {
      items.append(try SliceExpression.item(part, in: text))
    }
    let ellipses = items.count { if case .ellipsis = $0 { true } else { false } }
    guard ellipses <= 1 else { throw .expression(text, problem: "'...' can be used only once") }
    self.items = ellipses == 0 ? items + [.ellipsis] : items
  }

  private static func item(_ part: Substring, in text: String) throws(InspectionError) -> Item {
    if part == "..." { return .ellipsis }
    let words = part.split(separator: ":", omittingEmptySubsequences: false)
    var numbers: [Int?] = []
    for word in words {
      let number = Int(word)
      guard word.isEmpty || number != nil else {
        throw .expression(text, problem: "'\(word)' is not a whole number")
      }
      numbers.append(number)
    }
    switch numbers.count {
    case 1:
      guard let index = numbers[0] else {
        throw .expression(text, problem: "an index between two commas is missing")
      }
      return .index(index)
    case 2: return .range(start: numbers[0], stop: numbers[1], step: 1)
    case 3:
      guard numbers[2] != 0 else { throw .expression(text, problem: "a step cannot be 0") }
      return .range(start: numbers[0], stop: numbers[1], step: numbers[2] ?? 1)
    default: throw .expression(text, problem: "'\(part)' has more than two colons")
    }
  }

  /// What the expression selects of an array of a shape.
  func axes(of shape: [Int]) throws(InspectionError) -> [Axis] {
    let missing = shape.count - (items.count - 1)
    guard missing >= 0 else {
      throw .slice(
        expression: text,
        problem: "it has \(items.count - 1) indices, but the dataset has \(shape.count) axes")
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
            problem: "the index \(index) is out of bounds for axis \(axis) with size \(extent)")
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

  /// Bounds beyond the array are cut to it, as Python does.
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
