import NeuralNetwork
import Tensors

/// ResNet-8 for small pictures: three residual blocks of 16, 32 and 64 channels.
///
/// Source: K. He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016, section 4.2
/// with n = 1, and projections as shortcuts where the number of channels changes.
final class ResidualNetwork: Model {
  private let conv: [Conv2D]
  private let bn = (0..<7).map { _ in BatchNormalization(momentum: 0.9) }
  private let relu = (0..<7).map { _ in ReLU() }
  private let projection = [32, 64].map { Conv2D($0, 1, strides: 2, useBias: false) }
  private let projectionBN = (0..<2).map {
    BatchNormalization(momentum: 0.9, name: "projection_bn_\($0)")
  }
  private let add = (0..<3).map { _ in Add() }
  private let pool = GlobalAveragePooling2D()
  private let dense: Dense

  init(classes: Int) {
    conv = ([(16, 1), (16, 1), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1)] as [(Int, Size2D)])
      .map { Conv2D($0.0, 3, strides: $0.1, padding: .same, useBias: false) }
    dense = Dense(classes)
    super.init(name: "resnet")
  }

  /// `call` changes no state, so batches can be evaluated concurrently.
  override var isThreadSafe: Bool { true }

  /// Computes the logits of the classes.
  override func call(_ x: Tensor, training: Bool) -> Tensor {
    var x = relu[0](bn[0](conv[0](x)))
    for block in 0..<3 {
      let first = 2 * block + 1
      var y = relu[first](bn[first](conv[first](x)))
      y = bn[first + 1](conv[first + 1](y))
      let shortcut = block == 0 ? x : projectionBN[block - 1](projection[block - 1](x))
      x = relu[first + 1](add[block]([y, shortcut]))
    }
    return dense(pool(x))
  }
}
