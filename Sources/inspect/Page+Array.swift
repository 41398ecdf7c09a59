import Console
import Inspection

extension Page {
  /// The elements in rows, in the style of NumPy, but complete and with one line per row.
  func array(_ array: ArrayValues) -> String {
    let cells: [String] =
      switch array.elements {
      case .floats(let values): values.map { "\($0)" }
      case .doubles(let values): values.map { "\($0)" }
      case .integers(let values): values.map { "\($0)" }
      case .unsigned(let values): values.map { "\($0)" }
      case .strings(let values): values.map { "\"\(escaped($0))\"" }
      }
    let title =
      "\(heading(array.expression))  \(escaped(array.elementType)) \(shape(array.shape))\n"
    guard !cells.isEmpty else { return title + "[]\n" }
    let width = cells.lazy.map(displayWidth).max() ?? 0
    let padded = cells.map { String(repeating: " ", count: width - displayWidth($0)) + $0 }
    return title + rows(padded[...], array.shape[...], indentation: "") + "\n"
  }

  private func rows(
    _ cells: ArraySlice<String>, _ shape: ArraySlice<Int>, indentation: String
  ) -> String {
    guard let extent = shape.first else { return cells.first ?? "" }
    if shape.count == 1 { return "[" + cells.joined(separator: " ") + "]" }
    let size = cells.count / extent
    let inner = indentation + " "
    // Blank lines separate planes.
    let separator = String(repeating: "\n", count: shape.count - 1) + inner
    let parts = (0..<extent).map { index in
      let start = cells.startIndex + index * size
      return rows(cells[start..<start + size], shape.dropFirst(), indentation: inner)
    }
    return "[" + parts.joined(separator: separator) + "]"
  }
}
