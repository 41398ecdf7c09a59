import Tensors

/// The budget of a model from a file: counts what the whole model needs, and throws when that is
/// more than any known model does.
///
/// Harmless layers can add up: a chain of `UpSampling2D` needs memory, models in models mean a
/// number of calls that is exponential in their depth, and layers can share one kernel. So
/// everything is counted over the whole file, before anything is allocated.
///
/// The limits are several times what the largest models of `keras.applications` need.
package struct ModelBudget {
  /// The limits.
  package enum Limit {
    /// Layers in the file, and inputs of all calls of layers.
    ///
    /// A call of a model counts as calls of its layers. NASNetLarge has 1,039 layers.
    package static let calls = 1 << 14
    /// Bytes of the name of a layer or a model; Keras writes names of thousands of bytes.
    package static let nameBytes = 1 << 14
    /// Outputs of a model; a result may be listed more than once.
    package static let outputs = 1 << 10
    /// Models in models.
    package static let depth = 16
    /// Elements at the same time for one example, 256 MiB.
    package static let peak = Double(1 << 26)
    /// Bytes of weights for each byte of the file, beyond ``weightBytes``.
    package static let weightExpansion = 4
    /// Bytes of weights that every file may declare.
    package static let weightBytes = 64 << 20

    /// Elements of all results for one example; EfficientNetB7 has 18 for each weight.
    package static func elements(_ weights: Double) -> Double { 0x1p28 + 0x1p5 * weights }
    /// Multiplications for one example; EfficientNetB7 needs 560 for each weight.
    package static func multiplications(_ weights: Double) -> Double { 0x1p34 + 0x1p10 * weights }
  }

  /// What was counted.
  package private(set) var cost = ModelCost()

  /// The number of elements that are needed at the moment.
  var live = 0.0

  private var layerCount = 0
  private var callCount = 0
  private var weighted: Set<ObjectIdentifier> = []
  private var largestPeak: (layer: Layer, count: Double)?
  private var largestElements: (layer: Layer, count: Double)?
  private var largestMultiplications: (layer: Layer, count: Double)?

  /// Starts to count.
  init() {}

  /// Starts to count a model with inputs of some shapes.
  init(inputShapes: [Shape]) {
    live = inputShapes.reduce(0) { $0 + $1.elements }
    cost.peak = live
  }

  // MARK: - Reading

  /// Counts the layers of a model in the file.
  mutating func add(layers count: Int) throws(KerasError) {
    layerCount += count
    guard layerCount <= Limit.calls else {
      throw .excessive("it has \(layerCount) layers, at most \(Limit.calls) are supported")
    }
  }

  /// Counts the inputs of a call in the file.
  mutating func add(inputs count: Int, of layer: String) throws(KerasError) {
    callCount += count
    try Self.check(calls: callCount, layer)
  }

  /// Throws if a model has too many calls.
  ///
  /// - Parameters:
  ///   - count: The inputs of all calls, including those of models in the model.
  ///   - layer: The last layer that was counted.
  /// - Throws: ``KerasError/excessive(_:)``.
  static func check(calls count: Int, _ layer: String) throws(KerasError) {
    guard count <= Limit.calls else {
      throw .excessive(
        "with the layer '\(layer)' its layers are called on \(count) inputs, at most "
          + "\(Limit.calls) are supported")
    }
  }

  // MARK: - Planning

  /// Counts a call of a layer that is no model.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - weights: The weights of the layer.
  ///   - inputs: The shapes of the inputs.
  ///   - outputs: The shapes of the outputs.
  ///   - released: The elements of the inputs that no other call needs.
  /// - Throws: ``ShapeError`` if the layer does not support its inputs.
  mutating func add(
    _ layer: Layer, weights: [WeightSpecification], inputs: [Shape], outputs: [Shape],
    released: Double
  ) throws(ShapeError) {
    if weighted.insert(ObjectIdentifier(layer)).inserted {
      cost.weights += weights.reduce(0) { $0 + $1.shape.elements }
    }
    var working = try layer.workingCount(inputShapes: inputs)
    // Inputs are merged one after the other.
    if inputs.count > 1 { working = max(working, 2 * outputs[0].elements) }
    let peak = live + released + working
    if peak > cost.peak {
      cost.peak = peak
      largestPeak = (layer, peak)
    }
    let elements = working + (inputs.count > 1 ? inputs.reduce(0) { $0 + $1.elements } : 0)
    cost.elements += elements
    if elements > largestElements?.count ?? -1 {
      largestElements = (layer, elements)
      cost.largestLayer = layer.name
    }
    let multiplications = try layer.multiplicationCount(inputShapes: inputs)
    cost.multiplications += multiplications
    if multiplications > largestMultiplications?.count ?? -1 {
      largestMultiplications = (layer, multiplications)
    }
  }

  /// Throws if the model needs more for one example than the limits allow.
  func check() throws(ShapeError) {
    func check(
      _ count: Double, atMost limit: Double, _ largest: (layer: Layer, count: Double)?,
      _ problem: (_ count: String, _ limit: String) -> String
    ) throws(ShapeError) {
      // Not the other way round: NaN is no number that may pass.
      guard !(count <= limit), let layer = largest?.layer else { return }
      throw ShapeError(layer, problem(Self.text(count), Self.text(limit)), isExcessive: true)
    }
    try check(cost.peak, atMost: Limit.peak, largestPeak) {
      "needs \($0) numbers for a single example, at most \($1) are supported"
    }
    try check(cost.elements, atMost: Limit.elements(cost.weights), largestElements) {
      "has the largest of the results of all layers, \($0) numbers for a single example; at most "
        + "\($1) are supported for so many weights"
    }
    try check(
      cost.multiplications, atMost: Limit.multiplications(cost.weights), largestMultiplications
    ) {
      "has the most of the multiplications of all layers, \($0) for a single example; at most "
        + "\($1) are supported for so many weights"
    }
  }

  /// Throws if a model has more weights than its file can contain.
  ///
  /// - Parameters:
  ///   - plan: The layers.
  ///   - fileSize: The size of the file in bytes.
  /// - Throws: ``ShapeError`` for the layer with the most weights.
  package static func checkWeights(
    of plan: [LayerPlan], fileSize: Int
  ) throws(ShapeError) {
    let counts = plan.map { $0.weights.reduce(0) { $0 + $1.shape.elements } }
    let bytes = 4 * counts.reduce(0, +)
    let limit = max(Double(Limit.weightBytes), Double(Limit.weightExpansion) * Double(fileSize))
    guard !(bytes <= limit), let largest = counts.indices.max(by: { counts[$0] < counts[$1] })
    else { return }
    throw ShapeError(
      plan[largest].layer,
      "has the most of the weights of all layers, \(text(bytes)) bytes; at most \(text(limit)) are "
        + "supported in a file of \(fileSize) bytes", isExcessive: true)
  }

  private static func text(_ count: Double) -> String {
    Int(exactly: count.rounded()).map(String.init) ?? "\(count)"
  }
}

extension Shape {
  /// The number of elements, which may be more than an integer can hold.
  var elements: Double { reduce(1) { $0 * Double($1) } }
}
