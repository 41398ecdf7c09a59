import Checkpoints
import HDF5
import ModelFiles

/// The maximum number of elements of a slice.
private let elementLimit = 1 << 20

extension Inspector {
  /// Reads a slice of a dataset.
  ///
  /// - Parameter expression: A path or the name of a variable, followed by a slice in NumPy syntax:
  ///   `d1/kernel[0:4,:8]`. Indices and steps may be negative.
  /// - Returns: The elements.
  /// - Throws: ``InspectionError`` if the expression is invalid, or the dataset does not contain
  ///   the slice.
  public func values(_ expression: String) throws(InspectionError) -> ArrayValues {
    let parsed = try SliceExpression(expression)
    let paths = try paths(named: parsed.name)
    guard paths.count == 1 else {
      throw .object(path: report.path, name: parsed.name, .severalDatasets)
    }
    let dataset = try reading { () throws(HDF5Error) in
      try checkpoint.dataset(at: paths[0])
    }
    guard !dataset.isNull, dataset.layout != .virtual, let total = dataset.count else {
      throw .object(
        path: report.path, name: parsed.name, .noElements)
    }
    let axes = try parsed.axes(of: dataset.shape)
    let count = axes.reduce(1) { count, axis in
      let (product, overflow) = count.multipliedReportingOverflow(by: axis.slice.count)
      // If an extent is 0, the product is 0, even if the other extents overflow.
      return axes.contains { $0.slice.count == 0 } ? 0 : overflow ? .max : product
    }
    guard count <= elementLimit, !dataset.elementType.isString || total <= elementLimit else {
      throw .slice(
        expression: expression,
        .tooManyElements(
          max(count, dataset.elementType.isString ? total : 0), limit: elementLimit))
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
  /// Reads a slice of the dataset in the requested order.
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
      // Strings can only be read all at once.
      guard count > 0 else { return .strings([]) }
      let all = try readStrings()
      return .strings(selectedIndices(axes, of: shape, inWholeDataset: true).map { all[$0] })
    case .opaque where try isMarkedBFloat16:
      return .floats(reversed(try readBFloat16(slices: slices)))
    default: return .integers(reversed(try read(as: Int64.self, slices: slices)))
    }
  }

  /// The row-major indices of the selected elements in an array, in the order of the result.
  ///
  /// - Parameters:
  ///   - axes: The selection.
  ///   - shape: The shape of the array.
  ///   - inWholeDataset: Whether the array is the whole dataset; otherwise it contains only the
  ///     selection, in ascending order.
  /// - Returns: The indices.
  private func selectedIndices(
    _ axes: [SliceExpression.Axis], of shape: [Int], inWholeDataset: Bool = false
  ) -> [Int] {
    var indices = [0]
    for (axis, extent) in zip(axes, shape) {
      let slice = inWholeDataset ? axis.slice : Slice(0..<axis.slice.count)
      let positions = (0..<slice.count).map { slice.start + $0 * slice.stride }
      let ordered = axis.isReversed ? positions.reversed() : positions
      indices = indices.flatMap { index in ordered.map { index * extent + $0 } }
    }
    return indices
  }
}
