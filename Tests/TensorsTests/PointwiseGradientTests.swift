import Tensors
import Testing

/// Compares the gradients of activations, normalizations and moved elements with central
/// differences.
@Suite("Gradients of pointwise operations")
struct PointwiseGradientTests {
  typealias Case = GradientTests.Case

  /// Inputs on both sides of 0, none of them at the kink of a function.
  private static func function(_ name: String, _ f: @escaping @Sendable (Tensor) -> Tensor) -> Case
  {
    Case(name, [40], in: 0.1..<0.45) { inputs in
      // Around −0.3, 0.3, −2, 2 and 4.
      let x = inputs[0]
      return f(x) * 3 + f(-x) * 2 + f(x + 1.7) + f(-x - 1.7) * 5 + f(x + 3.5) + f(-x - 3.5)
    }
  }

  static let cases: [Case] = [
    function("softplus") { $0.softplus() },
    function("log sigmoid") { $0.logSigmoid() },
    function("softsign") { $0.softsign() },
    function("silu") { $0.silu() },
    function("gelu") { $0.gelu() },
    function("hard sigmoid") { $0.hardSigmoid() },
    function("hard silu") { $0.hardSilu() },
    function("hard shrink") { $0.hardShrink() },
    function("soft shrink") { $0.softShrink() },
    function("tanh shrink") { $0.tanhShrink() },
    function("squareplus") { $0.squareplus() },
    function("sparse plus") { $0.sparsePlus() },
    function("sparse sigmoid") { $0.sparseSigmoid() },
    function("mish") { $0.mish() },
    function("elu") { $0.elu(alpha: 0.7) },
    function("selu") { $0.selu() },
    function("relu with all parameters") {
      $0.relu(negativeSlope: 0.3, maxValue: 3, threshold: 0.5)
    },
    Case("maximum", [3, 4], [4]) { .maximum($0[0], $0[1]) },
    Case("minimum", [2, 1, 3], [2, 4, 1]) { .minimum($0[0], $0[1]) },
    Case("concatenation", [2, 3, 2], [2, 1, 2]) {
      Tensor(concatenating: [$0[0], $0[1], $0[0]], axis: 1)
    },
    Case("slice", [2, 5, 3]) { $0[0].slice(1..<4, axis: 1) * $0[0].slice(2..<5, axis: -2) },
    Case("gated linear unit", [3, 6]) { $0[0].gatedLinearUnit() },
    Case("log softmax", [3, 5]) { $0[0].logSoftmax() },
    Case("softmax over two axes", [2, 3, 2]) { $0[0].softmax(axes: [0, -1]) },
    Case("batch normalization", [6, 3], [3]) {
      $0[0].batchNormalized(gamma: $0[1], beta: $0[1] * 2, epsilon: 0.1).output
    },
    Case("batch normalization of images", [2, 3, 4, 18]) {
      $0[0].batchNormalized(gamma: nil, beta: nil, epsilon: 0.1).output
    },
    Case("normalization", [6, 3], [3], [3]) {
      $0[0].normalized(
        mean: Tensor([0.5, 0, -1]), variance: Tensor([1, 2, 3]), gamma: $0[1], beta: $0[2],
        epsilon: 0.1)
    },
    Case("layer normalization", [3, 4, 5], [4, 5], [4, 5]) {
      $0[0].layerNormalized(axes: 2, gamma: $0[1], beta: $0[2], epsilon: 0.1)
    },
    Case("layer normalization of long rows", [2, 35]) {
      $0[0].layerNormalized(gamma: nil, beta: nil, epsilon: 0.1)
    },
    Case("* with leading extents of 1", [2, 3, 4], [1, 1, 4]) { $0[0] * $0[1] },
    Case("* with a row in the middle", [2, 3, 4], [2, 1, 4]) { $0[0] * $0[1] },
    Case("transpose of the first axes", [3, 2, 4]) { $0[0].transposed([1, 0, 2]) * 2 },
  ]

  @Test("Gradients agree with central differences", arguments: cases)
  func centralDifferences(_ test: Case) throws {
    try GradientTests().centralDifferences(test)
  }

  @Test("Only inputs computed from a variable get gradients")
  func recordedInputs() throws {
    let beta = Variable(Tensor([1, 2]), name: "beta")
    let x = Tensor([1, 2, 3, 5], shape: [2, 2])
    let gradients = withGradientTape {
      x.batchNormalized(gamma: Tensor([3, 4]), beta: beta.value, epsilon: 0.1).output.sum()
        + Tensor(concatenating: [x, beta.value.reshaped([1, 2])], axis: 0).sum()
        + x.layerNormalized(gamma: nil, beta: beta.value, epsilon: 0.1).sum()
    }.gradients()
    #expect(gradients[beta]?.scalars == [5, 5])
  }
}
