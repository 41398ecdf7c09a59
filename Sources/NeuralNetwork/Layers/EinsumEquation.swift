/// The axes of input, kernel and output of an ``EinsumDense``, by their letters.
///
/// Source: `_analyze_einsum_string` of keras/src/layers/core/einsum_dense.py.
struct EinsumEquation {
  /// Where further axes stand.
  private enum Ellipsis {
    case before, after
  }

  private let input: [Character]
  private let output: [Character]
  private let ellipsis: Ellipsis?

  /// The axes of the kernel.
  let kernel: [Character]

  /// An equation without axes.
  init() { (input, output, kernel, ellipsis) = ([], [], [], nil) }

  /// Reads an equation; `nil` unless each letter stands for one axis that two of the three tensors
  /// have.
  init?(_ equation: String) {
    let parts = equation.split(separator: "->", omittingEmptySubsequences: false)
    let operands = parts.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    guard parts.count == 2, operands.count == 2 else { return nil }
    let (input, output) = (operands[0], parts[1])
    let dots = "..."
    let place: Ellipsis?
    switch (input.hasPrefix(dots), input.hasSuffix(dots)) {
    case (true, true): return nil
    case (true, false):
      guard output.hasPrefix(dots) else { return nil }
      place = .before
    case (false, true):
      guard output.hasSuffix(dots) else { return nil }
      place = .after
    case (false, false): place = nil
    }
    func letters(_ text: Substring) -> [Character] {
      guard place != nil else { return Array(text) }
      return Array(place == .before ? text.dropFirst(3) : text.dropLast(3))
    }
    ellipsis = place
    self.input = letters(input)
    self.output = letters(output)
    kernel = Array(operands[1])
    let all = [self.input, self.output, kernel]
    guard
      all.allSatisfy({ names in
        !names.isEmpty && names.allSatisfy { $0.isASCII && $0.isLetter }
          && Set(names).count == names.count
      }),
      all.joined().allSatisfy({ name in all.count { $0.contains(name) } >= 2 })
    else { return nil }
  }

  /// Whether a bias can have some axes: those of the output without the batch, each once.
  func has(biasAxes: String) -> Bool {
    let possible = ellipsis == .before ? output[...] : output.dropFirst()
    return !biasAxes.isEmpty && biasAxes.allSatisfy(possible.contains)
      && Set(biasAxes).count == biasAxes.count
  }

  /// The axes of an input, and of its output.
  ///
  /// - Parameter rank: The number of axes of the input, with the batch.
  /// - Returns: The axes of the input, those of the output, and the ones of the output whose
  ///   extents the layer is given; `nil` if the equation does not fit, or the first axis is not the
  ///   batch.
  func axes(rank: Int) -> (input: [Character], output: [Character], given: [Character])? {
    let more = rank - input.count
    guard ellipsis == nil ? more == 0 : more >= 0 else { return nil }
    // Digits, as letters have other meanings.
    let further = (0..<more).map { Character("\($0 % 10)") }
    guard more <= 10 else { return nil }
    let isBefore = ellipsis == .before
    let inputAxes = isBefore ? further + input : input + further
    let outputAxes = isBefore ? further + output : output + further
    guard let batch = inputAxes.first, outputAxes.first == batch, !kernel.contains(batch) else {
      return nil
    }
    return (inputAxes, outputAxes, isBefore && more > 0 ? output : Array(output.dropFirst()))
  }
}
