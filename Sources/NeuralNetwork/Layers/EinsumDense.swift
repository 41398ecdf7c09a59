public import JSON
import Preconditions
public import Tensors

/// A fully connected layer over any axes: activation(einsum(x, kernel) + bias).
///
/// The equation names the axes of input, kernel and output, beginning with the batch. Axes that
/// input and kernel share and the output lacks are summed over.
///
/// ```swift
/// let layer = EinsumDense("abc,cde->abde", outputShape: [nil, 4, 8], biasAxes: "de")
/// let heads = layer(Tensor(zeros: [2, 10, 32]))  // [2, 10, 4, 8]
/// ```
public final class EinsumDense: Layer {
  /// The equation, such as `abc,cd->abd`, `...x,xy->...y` or `ab...,bc->ac...`.
  public let equation: String

  /// The extents of the output without the batch and without the axes of an ellipsis; `nil` for
  /// those of the input.
  public let outputShape: [Int?]

  /// The axes of the output that the bias has, such as `d`; `nil` for no bias.
  public let biasAxes: String?

  /// The activation function of the output.
  public let activation: ActivationFunction

  private let form: EinsumEquation
  private let kernelInitializer: Initializer
  private let biasInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - equation: The equation: the axes of input, kernel and output, one letter each, such as
  ///     `abc,cd->abd`. An ellipsis stands for further axes, before those of input and output or
  ///     after them.
  ///   - outputShape: The extents of the output without the batch and without the axes of an
  ///     ellipsis; `nil` for those of the input.
  ///   - activation: The activation function of the output.
  ///   - biasAxes: The axes of the output that the bias has; `nil` for no bias.
  ///   - kernelInitializer: The initializer of the kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ equation: String, outputShape: [Int?], activation: ActivationFunction = .linear,
    biasAxes: String? = nil, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let form = EinsumEquation(equation)
    require(
      form != nil,
      """
      `equation` must name the axes of input, kernel and output, each once, such as \
      `abc,cd->abd`, but is `\(equation)`.
      """, file: file, line: line)
    require(
      outputShape.allSatisfy { $0 ?? 1 > 0 },
      "`outputShape` must be positive, but is \(outputShape).", file: file, line: line)
    require(
      biasAxes.map { form?.has(biasAxes: $0) == true } ?? true,
      "`biasAxes` must be axes of the output, but is `\(biasAxes ?? "")` for `\(equation)`.",
      file: file, line: line)
    require(
      activation != .glu, "EinsumDense: `activation` must keep the shape, but is glu.",
      file: file, line: line)
    (self.equation, self.outputShape, self.biasAxes) = (equation, outputShape, biasAxes)
    self.form = form ?? EinsumEquation()
    self.activation = activation
    (self.kernelInitializer, self.biasInitializer) = (kernelInitializer, biasInitializer)
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    [
      "equation": .string(equation),
      "output_shape": .array(outputShape.map { $0.map(JSON.integer) ?? .null }),
      "activation": .string(activation.rawValue), "bias_axes": biasAxes.map(JSON.string),
    ]
  }

  /// The axes of an input and of its output, and the extent of each axis without the batch.
  private func axes(
    inputShape: Shape
  ) throws(ShapeError) -> (input: [Character], output: [Character], extents: [Character: Int]) {
    guard let (input, output, given) = form.axes(rank: inputShape.count + 1),
      given.count == outputShape.count
    else {
      throw ShapeError(
        self, "does not take the input \(inputShape) with the equation '\(equation)'")
    }
    var extents = Dictionary(uniqueKeysWithValues: zip(input.dropFirst(), inputShape))
    for (axis, extent) in zip(given, outputShape) {
      guard let extent = extent ?? extents[axis], extents[axis] ?? extent == extent else {
        throw ShapeError(
          self, "cannot give the axis '\(axis)' its extent, for the input \(inputShape)")
      }
      extents[axis] = extent
    }
    return (input, output, extents)
  }

  /// The equation with a letter for each axis, also for those of an ellipsis, as other tools need
  /// it.
  ///
  /// - Parameter rank: The number of axes of the input, with the batch.
  /// - Returns: The equation, such as `abc,cd->abd`; `nil` if it does not fit the input.
  package func letterEquation(rank: Int) -> String? {
    guard let (input, output, _) = form.axes(rank: rank) else { return nil }
    let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    var letters: [Character: Character] = [:]
    func renamed(_ names: [Character]) -> String {
      String(
        names.map { name in
          let letter = letters[name] ?? alphabet[letters.count % alphabet.count]
          letters[name] = letter
          return letter
        })
    }
    return "\(renamed(input)),\(renamed(form.kernel))->\(renamed(output))"
  }

  /// The kernel and the bias.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    let (_, output, extents) = try axes(inputShape: inputShape)
    let kernel = WeightSpecification(
      "kernel", shape: try weightShape(form.kernel.map { extents[$0] ?? 1 }),
      initializer: kernelInitializer)
    guard let biasAxes, let first = output.firstIndex(where: biasAxes.contains) else {
      return [kernel]
    }
    let bias = output[first...].map { biasAxes.contains($0) ? extents[$0] ?? 1 : 1 }
    return [
      kernel, WeightSpecification("bias", shape: Shape(bias), initializer: biasInitializer),
    ]
  }

  /// The extents of the output's axes.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let (_, output, extents) = try axes(inputShape: inputShape)
    return try outputShape(output.dropFirst().map { extents[$0] ?? 1 })
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    try productCount(inputShape: inputShape)
  }

  /// The multiplications of a call for one example.
  func productCount(inputShape: Shape) throws(ShapeError) -> Double {
    try axes(inputShape: inputShape).extents.values.reduce(1) { $0 * Double($1) }
  }

  /// Computes activation(einsum(x, kernel) + bias).
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let kernel = weights[0].value
    guard let (input, output, _) = try? axes(inputShape: Shape(x.shape.dropFirst())) else {
      fail("The layer '\(name)' does not take inputs of the shape \(x.shape).")
    }
    var y = x.einsum(input, kernel, form.kernel, output)
    if weights.count > 1 { y = y + weights[1].value }
    return activation(y)
  }
}

extension Tensor {
  /// Sums the products with another tensor over the axes that the result lacks.
  ///
  /// - Parameters:
  ///   - axes: The names of the axes.
  ///   - other: The other tensor.
  ///   - otherAxes: The names of its axes.
  ///   - result: The names of the axes of the result, each of which one of the two has.
  /// - Returns: The result.
  fileprivate func einsum(
    _ axes: [Character], _ other: Tensor, _ otherAxes: [Character], _ result: [Character]
  ) -> Tensor {
    let batch = axes.filter { otherAxes.contains($0) && result.contains($0) }
    let inner = axes.filter { otherAxes.contains($0) && !result.contains($0) }
    let rows = axes.filter { !otherAxes.contains($0) }
    let columns = otherAxes.filter { !axes.contains($0) }
    func count(_ names: [Character], of tensor: Tensor, _ axes: [Character]) -> Int {
      names.reduce(1) { $0 * tensor.shape[axes.firstIndex(of: $1) ?? 0] }
    }
    let (b, m, k, n) = (
      count(batch, of: self, axes), count(rows, of: self, axes), count(inner, of: self, axes),
      count(columns, of: other, otherAxes)
    )
    let left = arranged(axes, as: batch + rows + inner)
    let right = other.arranged(otherAxes, as: batch + inner + columns)
    let product =
      batch.isEmpty
      ? left.reshaped([m, k]).matrixProduct(right.reshaped([k, n]))
      : left.reshaped([b, m, k]).batchMatrixProduct(right.reshaped([b, k, n]))
    let made = batch + rows + columns
    let extents = made.map { name in
      axes.firstIndex(of: name).map { shape[$0] }
        ?? other.shape[otherAxes.firstIndex(of: name) ?? 0]
    }
    return product.reshaped(Shape(extents)).arranged(made, as: result)
  }

  /// Brings named axes into another order.
  private func arranged(_ axes: [Character], as order: [Character]) -> Tensor {
    axes == order ? self : transposed(order.map { axes.firstIndex(of: $0) ?? 0 })
  }
}

extension EinsumDense: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let equation = reader.config["equation"]?.string
    guard let equation, let form = EinsumEquation(equation) else {
      throw reader.invalid(
        "equation", "is not an equation such as 'abc,cd->abd', with the batch in it once")
    }
    let shape = reader.config["output_shape"]?.withoutNumPy
    let extents = shape?.array ?? shape.map { [$0] } ?? []
    let numbers = extents.map(\.integer)
    let limit = OptionReader.Limit.units
    guard !extents.isEmpty, extents.count <= 8,
      zip(extents, numbers).allSatisfy({ $0 == .null || $1.map((1...limit).contains) == true })
    else {
      throw reader.invalid(
        "output_shape", "is not made of at most 8 whole numbers in 1...\(limit)", above: limit)
    }
    let biasAxes = reader.config["bias_axes"]
    guard biasAxes == nil || biasAxes?.string.map(form.has(biasAxes:)) == true else {
      throw reader.invalid("bias_axes", "is not made of axes of the output")
    }
    for option in ["lora_rank", "lora_alpha", "quantization_config"] {
      try reader.require(option, .null)
    }
    reader.ignore("gptq_unpacked_column_size")
    self.init(
      equation, outputShape: numbers, activation: try reader.activation(),
      biasAxes: biasAxes?.string, name: reader.name)
  }
}
