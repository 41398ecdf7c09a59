import Checkpoints
import HDF5

/// The most elements that are printed.
private let elementLimit = 1 << 20

extension Inspector {
  /// Reads a part of a dataset.
  ///
  /// - Parameter expression: A path or the name of a variable, and in brackets what is taken of
  ///   each axis, as in NumPy: `d1/kernel[0:4,:8]`, with negative indices and steps.
  /// - Returns: The elements.
  /// - Throws: ``InspectionError`` if the expression is wrong, or the dataset has no such part.
  public func values(_ expression: String) throws(InspectionError) -> ArrayValues {
    let parsed = try SliceExpression(expression)
    let paths = try paths(named: parsed.name)
    guard paths.count == 1 else {
      throw .object(path: report.path, name: parsed.name, problem: "it names more than one dataset")
    }
    let dataset = try reading { () throws(HDF5Error) in
      try checkpoint.container.dataset(at: paths[0])
    }
    guard !dataset.isNull, dataset.layout != .virtual, let total = dataset.count else {
      throw .object(
        path: report.path, name: parsed.name, problem: "the dataset has no elements of its own")
    }
    let axes = try parsed.axes(of: dataset.shape)
    let count = axes.reduce(1) { count, axis in
      let (product, overflow) = count.multipliedReportingOverflow(by: axis.slice.count)
      // A zero makes the product zero, in whatever order.
      return axes.contains { $0.slice.count == 0 } ? 0 : overflow ? .max : product
    }
    guard count <= elementLimit, !dataset.elementType.isString || total <= elementLimit else {
      throw .slice(
        expression: expression,
        problem: "it has \(max(count, dataset.elementType.isString ? total : 0)) elements, "
          + "but at most \(elementLimit) can be shown")
    }
    let (type, elements) = try reading { () throws(HDF5Error) in
      (try dataset.elementTypeName(), try dataset.elements(axes, count: count))
    }
    return ArrayValues(
      expression: expression, path: dataset.path, elementType: type,
      shape: axes.filter(\.isKept).map(\.slice.count), elements: elements)
  }
}

extension Dataset {
  /// Reads a part of the dataset in the order that was asked for.
  fileprivate func elements(
    _ axes: [SliceExpression.Axis], count: Int
  ) throws(HDF5Error) -> ArrayValues.Elements {
    let slices = axes.map(\.slice)
    func reversed<Element>(_ elements: [Element]) -> [Element] {
      guard axes.contains(where: \.isReversed), count > 0 else { return elements }
      return selectedIndices(axes, of: slices.map(\.count)).map { elements[$0] }
    }
    switch elementType {
    case .float16, .bfloat16, .float32:
      return .floats(reversed(try read(as: Float.self, slices: slices)))
    case .float64: return .doubles(reversed(try read(as: Double.self, slices: slices)))
    case .integer(_, signed: false, _):
      return .unsigned(reversed(try read(as: UInt64.self, slices: slices)))
    case .fixedString, .variableString:
      // Strings are read all together.
      guard count > 0 else { return .strings([]) }
      let all = try readStrings()
      return .strings(selectedIndices(axes, of: shape, isPart: true).map { all[$0] })
    case .opaque where try StoredVariable.isBFloat16(self):
      return .floats(reversed(try readBFloat16(slices: slices)))
    default: return .integers(reversed(try read(as: Int64.self, slices: slices)))
    }
  }

  /// The indices of the selected elements in an array of a shape, in the order of the result.
  ///
  /// The array is the selection itself, in rising order, or the dataset that it is a part of.
  private func selectedIndices(
    _ axes: [SliceExpression.Axis], of shape: [Int], isPart: Bool = false
  ) -> [Int] {
    var indices = [0]
    for (axis, extent) in zip(axes, shape) {
      let slice = isPart ? axis.slice : Slice(0..<axis.slice.count)
      let positions = (0..<slice.count).map { slice.start + $0 * slice.stride }
      let ordered = axis.isReversed ? positions.reversed() : positions
      indices = indices.flatMap { index in ordered.map { index * extent + $0 } }
    }
    return indices
  }
}
