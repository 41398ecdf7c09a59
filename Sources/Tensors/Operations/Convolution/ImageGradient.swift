import CKernels
import Threads

/// The gradient of a convolution with respect to its images.
struct ImageGradient: Sendable {
  private let convolution: ImageConvolution
  private let shape: Shape
  private let gradient: Storage

  /// With strides of 1, the gradient is itself a convolution: that of the gradient of the features,
  /// padded with zeros, with the kernel turned around.
  private let turned: ImageConvolution?

  /// Otherwise, the transposed kernel, `[output channels, taps]`.
  private let transposedKernel: Matrix?

  init(_ convolution: ImageConvolution, batch: Int) {
    let (kernel, window) = (convolution.kernel, convolution.window)
    self.convolution = convolution
    shape = [batch, window.inputHeight, window.inputWidth, window.groups * window.channels]
    gradient = Storage(uninitialized: shape.elementCount)
    turned = window.turned(filters: convolution.channels).map {
      ImageConvolution(kernel.turned(groups: window.groups), $0)
    }
    transposedKernel =
      turned == nil
      ? Matrix(kernel, rows: convolution.taps.count, columns: convolution.channels)
        .transposed.packed : nil
  }

  /// The gradient, after each image has been computed.
  var result: Tensor { Tensor(shape: shape, storage: gradient) }

  /// Computes the gradient of an image from that of its features.
  typealias Worker = (_ index: Int, _ dz: UnsafePointer<Float>) -> Void

  /// The work of one thread.
  func worker() -> Worker {
    let (first, count) = unsafe (gradient.pointer, convolution.window.inputCount)
    if let turned {
      let workspace = turned.workspace()
      return { index, dz in
        unsafe turned.setFeatures(first + index * count, of: dz, workspace)
      }
    }
    let columns = Storage(uninitialized: convolution.pixels.count * convolution.taps.count)
    return { index, dz in unsafe scatter(dz, columns.pointer, to: first + index * count) }
  }

  /// Computes dz · kernelᵀ, `[pixels, channels] · [channels, taps]`, and adds each row to the
  /// pixels under the window.
  private func scatter(
    _ dz: UnsafePointer<Float>, _ columns: UnsafeMutablePointer<Float>,
    to image: UnsafeMutablePointer<Float>
  ) {
    guard let transposedKernel else { return }
    let (window, taps) = (convolution.window, convolution.taps.count)
    unsafe image.initialize(repeating: 0, count: window.inputCount)
    for group in 0..<window.groups {
      let first = group * convolution.channelsOfGroup
      var product = unsafe cairn_product(
        m: convolution.pixels.count, n: taps, k: convolution.channelsOfGroup,
        a: cairn_matrix(
          data: dz + first, row_stride: Int64(convolution.channels), column_stride: 1,
          row_offsets: nil, column_offsets: nil),
        b: transposedKernel.address(row: first, column: 0), b_row_stride: taps, c: columns,
        c_row_stride: taps, c_column_stride: 1)
      unsafe kernels.matmul(&product)
      unsafe kernels.col2im(window.kernel, columns, image + group * window.channels)
    }
  }
}

extension Tensor {
  /// A kernel `[height, width, input channels / groups, output channels]` turned around: `[height,
  /// width, output channels / groups, input channels]`, with the taps in reverse order.
  fileprivate func turned(groups: Int) -> Tensor {
    let (inputs, outputs, taps) = (shape[2], shape[3], shape[0] * shape[1])
    let outputsOfGroup = outputs / groups
    return Tensor(inParallel: [shape[0], shape[1], outputsOfGroup, inputs * groups]) { out in
      parallel(chunks: taps) { tap in
        let from = unsafe storage.pointer + tap * inputs * outputs
        let to = unsafe out + (taps - 1 - tap) * inputs * outputs
        for group in 0..<groups {
          for output in 0..<outputsOfGroup {
            for input in 0..<inputs {
              unsafe to[output * inputs * groups + group * inputs + input] =
                unsafe from[input * outputs + group * outputsOfGroup + output]
            }
          }
        }
      }
    }
  }
}
