public import Tensors

extension Model {
  /// Describes the model like Keras's `summary()`: a table of the layers, and totals.
  ///
  /// - Returns: Lines of text, 75 columns wide.
  public func summary() -> String {
    // Without a graph, the input shapes of layers are unknown.
    var shapes: [ObjectIdentifier: Shape] = [:]
    if let graph, let inputShapes {
      _ = try? graph.forEachCall(inputShapes: inputShapes) { (call, inputs) throws(ShapeError) in
        shapes[ObjectIdentifier(call.layer)] = try call.layer.outputShapes(inputShapes: inputs)[0]
      }
    }
    let rows = layersInOrder.map { layer in
      Summary.Row(
        name: layer.name, className: Swift.type(of: layer).className,
        outputShape: shapes[ObjectIdentifier(layer)],
        parameterCount: layer.isBuilt ? layer.parameterCount : nil)
    }
    func count(_ variables: [Variable]) -> Int {
      variables.reduce(0) { $0 + $1.shape.elementCount }
    }
    let optimizerCount = optimizer.map { 2 + count($0.slotsInKerasOrder) }
    return Summary(
      name: name, rows: rows, trainableCount: count(trainableVariables),
      frozenCount: count(variables.filter { !$0.isTrainable }),
      optimizerCount: optimizer?.isBuilt == true ? optimizerCount : nil
    ).text
  }
}

/// The table that Keras prints for a model.
///
/// ```swift
/// let row = Summary.Row(
///   name: "dense", className: "Dense", outputShape: [10], parameterCount: 7850)
/// let summary = Summary(
///   name: "mlp", rows: [row], trainableCount: 7850, frozenCount: 0, optimizerCount: nil)
/// print(summary.text)  // the table of `model.summary()`
/// ```
public struct Summary {
  /// A row of the table.
  public struct Row {
    /// The name of the layer.
    public let name: String

    /// The class name of the layer.
    public let className: String

    /// The shape of the output, without the batch axis; `nil` if unknown.
    public let outputShape: Shape?

    /// The number of parameters; `nil` for a layer that is not built.
    public let parameterCount: Int?

    /// Creates a row.
    ///
    /// - Parameters:
    ///   - name: The name of the layer.
    ///   - className: The class name of the layer.
    ///   - outputShape: The shape of the output, without the batch axis; `nil` if unknown.
    ///   - parameterCount: The number of parameters; `nil` for a layer that is not built.
    public init(name: String, className: String, outputShape: Shape?, parameterCount: Int?) {
      (self.name, self.className) = (name, className)
      (self.outputShape, self.parameterCount) = (outputShape, parameterCount)
    }
  }

  private let name: String
  private let rows: [Row]
  private let trainableCount: Int
  private let frozenCount: Int
  private let optimizerCount: Int?

  /// The widths of the columns, as Keras chooses them for 80 columns.
  private static let widths = [31, 22, 13]

  /// Creates a summary.
  ///
  /// - Parameters:
  ///   - name: The name of the model; defaults to the class name in snake case.
  ///   - rows: The rows of the layers.
  ///   - trainableCount: The number of trainable parameters.
  ///   - frozenCount: The number of non-trainable parameters.
  ///   - optimizerCount: The number of parameters of the optimizer; `nil` without one.
  public init(
    name: String, rows: [Row], trainableCount: Int, frozenCount: Int, optimizerCount: Int?
  ) {
    self.name = name
    self.rows = rows
    self.trainableCount = trainableCount
    self.frozenCount = frozenCount
    self.optimizerCount = optimizerCount
  }

  /// The table and the totals.
  public var text: String {
    func rule(_ left: String, _ fill: String, _ between: String, _ right: String) -> String {
      left
        + Summary.widths.map { String(repeating: fill, count: $0 + 2) }.joined(separator: between)
        + right
    }
    func line(_ cells: [String], _ edge: String) -> String {
      edge + " " + cells.joined(separator: " \(edge) ") + " " + edge
    }
    let header = ["Layer (type)", "Output Shape", "Param #"].enumerated().map(aligned)
    var lines = [
      "Model: \"\(name)\"", rule("┏", "━", "┳", "┓"), line(header, "┃"), rule("┡", "━", "╇", "┩"),
    ]
    for (index, row) in rows.enumerated() {
      if index > 0 { lines.append(rule("├", "─", "┼", "┤")) }
      lines += physicalLines(row).map { line($0, "│") }
    }
    lines.append(rule("└", "─", "┴", "┘"))

    let modelCount = trainableCount + frozenCount
    // All parameters are 32-bit floats, except the optimizer's 64-bit step count.
    let modelBytes = modelCount * 4
    let optimizerBytes = optimizerCount.map { $0 * 4 + 4 } ?? 0
    lines.append(
      total("Total", modelCount + (optimizerCount ?? 0), bytes: modelBytes + optimizerBytes))
    lines.append(total("Trainable", trainableCount, bytes: trainableCount * 4))
    lines.append(total("Non-trainable", frozenCount, bytes: frozenCount * 4))
    if let optimizerCount {
      lines.append(total("Optimizer", optimizerCount, bytes: optimizerBytes))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func total(_ title: String, _ count: Int, bytes: Int) -> String {
    " \(title) params: \(grouped(count)) (\(byteSize(bytes)))"
  }

  /// Splits a row into lines: long cells are wrapped.
  private func physicalLines(_ row: Row) -> [[String]] {
    let cells = [
      "\(row.name) (\(row.className))",
      row.outputShape.map { shape in
        "(" + (["None"] + shape.map(String.init)).joined(separator: ", ") + ")"
      } ?? "?",
      row.parameterCount.map(grouped) ?? "0 (unbuilt)",
    ].enumerated().map { wrapped($1, Summary.widths[$0]) }
    let height = cells.map(\.count).max() ?? 1
    return (0..<height).map { line in
      cells.enumerated().map { aligned($0, line < $1.count ? $1[line] : "") }
    }
  }

  /// Pads a cell: numbers are aligned right, text left.
  private func aligned(_ column: Int, _ text: String) -> String {
    let padding = String(repeating: " ", count: max(0, Summary.widths[column] - text.count))
    return column == 2 ? padding + text : text + padding
  }

  /// Wraps a text between words; words that are too long are split.
  private func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ").map(String.init) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(word.count > width ? word.prefix(width - 1) + "…" : word)
      }
    }
    return lines
  }
}

/// Formats a number with commas between groups of three digits.
private func grouped(_ number: Int) -> String {
  var digits = String(number)
  var end = digits.endIndex
  while digits.distance(from: digits.startIndex, to: end) > 3 {
    end = digits.index(end, offsetBy: -3)
    digits.insert(",", at: end)
  }
  return digits
}

/// Formats a number of bytes in the largest unit with a value of at least 1, with two decimals.
private func byteSize(_ bytes: Int) -> String {
  var (value, unit) = (Double(bytes), 0)
  while value >= 1024, unit < 4 {
    value /= 1024
    unit += 1
  }
  let hundredths = Int((value * 100).rounded(.toNearestOrEven))
  let fraction = hundredths % 100
  return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) "
    + ["B", "KB", "MB", "GB", "TB"][unit]
}
