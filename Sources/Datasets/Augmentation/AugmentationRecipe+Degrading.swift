import Tensors

extension AugmentationRecipe {
  /// Whether the recipe has an operation of ``Degradation``.
  var degrades: Bool {
    thickness > 0 || lines > 0 || cut > 0 || coarse > 1 || blur > 0 || contrast > 0 || noise > 0
  }

  /// Draws the degradation of an image.
  ///
  /// - Parameters:
  ///   - height: The height of the image.
  ///   - width: The width of the image.
  ///   - stream: Returns the random numbers of a part.
  /// - Returns: The degradation.
  func degradation(
    height: Int, width: Int, stream: (KeyPath<DegradationSeeds, UInt64>) -> RandomStream
  ) -> Degradation {
    func draw(_ part: KeyPath<DegradationSeeds, UInt64>, in range: Range<Float>) -> Double {
      var stream = stream(part)
      return Double(stream.uniform(in: range))
    }
    var degradation = Degradation()
    if thickness > 0 { degradation.growth = Float(draw(\.thickness, in: -1..<1) * thickness) }
    if lines > 0 { degradation.rules = rules(height, width, stream(\.lines)) }
    if cut > 0 { degradation.window = window(height, width, stream(\.cut)) }
    if coarse > 1 { degradation.coarseness = 1 + draw(\.coarse, in: 0..<1) * (coarse - 1) }
    if blur > 0 { degradation.blur = draw(\.blur, in: 0..<1) * blur }
    if contrast > 0 { degradation.contrast = Float(1 + draw(\.contrast, in: -1..<1) * contrast) }
    if noise > 0 {
      degradation.noise = .init(
        deviation: Float(draw(\.noise, in: 0..<1) * noise), stream: stream(\.grain))
    }
    return degradation
  }

  private func rules(_ height: Int, _ width: Int, _ stream: RandomStream) -> Degradation.Rules? {
    var stream = stream
    guard Double(stream.uniform(in: 0..<1)) < lines else { return nil }
    let kind = stream.integer(below: 3)  // one rule, several, a grid
    let isVertical = stream.integer(below: 2) == 1
    let tilt = Elementary.sineAndCosine(degrees: Double(stream.uniform(in: -10..<10)))
    let thickness = stream.uniform(in: 0.3..<2)
    let strength = stream.uniform(in: 0.1..<1)
    let side = Float(max(height, width))
    let spacing = stream.uniform(in: 0.2..<0.7) * side
    let (offset, cross) = (stream.uniform(in: -0.5..<0.5), stream.uniform(in: -0.5..<0.5))
    let (sine, cosine) = (Float(tilt.sine), Float(tilt.cosine))
    return Degradation.Rules(
      normal: isVertical ? [cosine, sine] : [-sine, cosine],
      offset: offset * (kind == 0 ? side : spacing), spacing: kind == 0 ? nil : spacing,
      crossOffset: kind == 2 ? cross * spacing : nil, width: thickness, strength: strength)
  }

  private func window(_ height: Int, _ width: Int, _ stream: RandomStream) -> Degradation.Window? {
    var stream = stream
    guard Double(stream.uniform(in: 0..<1)) < cut else { return nil }
    let side = stream.integer(below: 4)  // top, right, bottom, left
    let share = stream.uniform(in: 0..<0.35)
    let (rows, columns) = (Int(share * Float(height)), Int(share * Float(width)))
    return Degradation.Window(
      rows: (side == 0 ? rows : 0)..<(side == 2 ? height - rows : height),
      columns: (side == 3 ? columns : 0)..<(side == 1 ? width - columns : width))
  }
}
