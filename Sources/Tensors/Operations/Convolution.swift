import CKernels
import Preconditions
import Threads

/// The number of images per chunk.
///
/// Large enough for a thread, and small enough that a batch occupies several threads. The number is
/// fixed, because it determines the partial sums of a kernel's gradient, and so their bits.
let imagesPerChunk = 4

extension Tensor {
  /// Convolves images with a kernel (2D cross-correlation), with an optional bias and ReLU.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, input channels / groups, output channels]`.
  ///   - bias: The bias of the features, of shape `[output channels]`; `nil` for none.
  ///   - relu: Whether to apply ReLU to the results.
  ///   - strides: The strides of the kernel.
  ///   - padding: The padding mode.
  ///   - dilation: The dilation rate: the spacing between input pixels under the kernel. 1 means no
  ///     dilation.
  ///   - groups: The number of groups; input and output channels are split into this many groups
  ///     that are convolved separately.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, input channels]`, features of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes match, and with `valid` padding, the kernel is not larger than the
  ///   image.
  public func convolution(
    _ kernel: Tensor, bias: Tensor? = nil, relu: Bool = false, strides: Size2D = 1,
    padding: Padding = .valid, dilation: Size2D = 1, groups: Int = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(
      rank == 4 && kernel.rank == 4 && groups > 0 && shape[3] == kernel.shape[2] * groups
        && kernel.shape[3] % groups == 0,
      """
      A convolution needs images [batch, height, width, in] and a kernel [height, width, in / \
      groups, out], but the shapes are \(shape) and \(kernel.shape), with groups \(groups).
      """, file: file, line: line)
    let window = convolutionWindow(
      kernel.shape, strides: strides, padding: padding, dilation: dilation, groups: groups,
      file: file, line: line)
    let x = withoutGradient
    let convolution = Convolution(kernel, window)
    let y = convolution.features(x, Epilogue(bias: bias, relu: relu, columns: kernel.shape[3]))
    let nodes = (self.node, kernel.node, bias?.node)
    let inputs = [nodes.0, nodes.1, nodes.2].compactMap { $0 }
    guard !inputs.isEmpty else { return y }
    let wanted = (images: nodes.0 != nil, kernel: nodes.1 != nil, bias: nodes.2 != nil)
    return y.computed(
      from: .init(inputs: inputs) { dy in
        convolution.gradients(
          dy, relu: relu ? y : nil, images: wanted.images, kernelOn: wanted.kernel ? x : nil,
          bias: wanted.bias)
      })
  }

  /// Applies a transposed convolution: the gradient of a convolution with respect to its images.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, output channels, input channels]`.
  ///   - strides: The strides: the spacing in the output between the kernels of neighbouring input
  ///     pixels.
  ///   - padding: The padding mode; with `same`, the output has input · stride rows.
  ///   - outputPadding: The additional rows and columns of the output; `nil` uses Keras's default
  ///     output size, see ``Window``.
  ///   - dilation: The dilation rate: the spacing between output pixels under the kernel. 1 means
  ///     no dilation.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For features of shape `[batch, height, width, input channels]`, images of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes match, and the output has pixels.
  public func transposedConvolution(
    _ kernel: Tensor, strides: Size2D = 1, padding: Padding = .valid,
    outputPadding: (height: Int, width: Int)? = nil, dilation: Size2D = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rank == 4 && kernel.rank == 4 && shape[3] == kernel.shape[3],
      """
      A transposed convolution needs [batch, height, width, in] and a kernel [height, width, out, \
      in], but the shapes are \(shape) and \(kernel.shape).
      """, file: file, line: line)
    let window = Window(
      transposed: Size2D(kernel.shape[0], kernel.shape[1]), strides: strides, dilation: dilation,
      padding: padding, outputPadding: outputPadding, over: Shape(shape.dropFirst()),
      filters: kernel.shape[2])
    guard let window else {
      fail(
        """
        A transposed convolution must give at least one pixel, but a kernel of \(kernel.shape) \
        gives none for \(shape).
        """, file: file, line: line)
    }
    let x = withoutGradient
    let convolution = Convolution(kernel, window)
    return convolution.gradients(x, images: true)[0].computed(
      from: (self, { convolution.features($0, Epilogue()) }),
      (kernel, { convolution.gradients(x, kernelOn: $0)[0] }))
  }
}

/// A kernel and its window: the parameters shared by a convolution and its gradients.
private struct Convolution: Sendable {
  private let kernel: Tensor
  private let window: Window

  /// The numbers of output channels, in total and per group.
  private let (channels, channelsOfGroup): (Int, Int)

  /// The offsets of the window for each output pixel, and of its elements (taps) within the window.
  private let (pixels, taps): ([Int32], [Int32])

  init(_ kernel: Tensor, _ window: Window) {
    self.kernel = kernel.withoutGradient
    self.window = window
    (channels, channelsOfGroup) = (kernel.shape[3], kernel.shape[3] / window.groups)
    (pixels, taps) = (window.pixelOffsets, window.tapOffsets)
  }

  /// The features: for each image and group, the patch matrix `[pixels, taps]` times the kernel.
  func features(_ images: Tensor, _ epilogue: Epilogue) -> Tensor {
    let output: Shape = [images.shape[0], window.outputHeight, window.outputWidth, channels]
    images.materialize()
    return Tensor(inParallel: output) { out in
      parallel(over: 0..<images.shape[0], grain: imagesPerChunk) { start, count in
        unsafe forEachImage(start..<start + count, of: images, rows: pixels, columns: taps[...]) {
          index, seen in
          for group in 0..<window.groups {
            let first = group * channelsOfGroup
            var product = unsafe cairn_product(
              m: pixels.count, n: channelsOfGroup, k: taps.count,
              a: seen.inGroup(group, of: window),
              b: kernel.storage.pointer + first, b_row_stride: channels,
              c: out + index * pixels.count * channels + first, c_row_stride: channels,
              c_column_stride: 1)
            unsafe epilogue.add(to: &product, column: first)
            unsafe kernels.matmul(&product)
          }
        }
      }
    }
  }

  /// Calls `body` for some of the images, padded with zeros if the window requires it.
  ///
  /// - Parameters:
  ///   - indices: The indices of the images.
  ///   - images: All images.
  ///   - rows: The offsets of the rows of the patch matrix in an image.
  ///   - columns: The offsets of the columns of the patch matrix in an image.
  ///   - body: A closure that receives the index of an image and the patch matrix of the first
  ///     group.
  private func forEachImage(
    _ indices: Range<Int>, of images: Tensor, rows: [Int32], columns: ArraySlice<Int32>,
    _ body: (_ index: Int, _ seen: cairn_matrix) -> Void
  ) {
    let imageCount = images.shape.dropFirst().reduce(1, *)
    let first = unsafe UnsafePointer(images.storage.pointer)
    let padded = window.isPadded ? Storage(uninitialized: window.paddedCount) : nil
    let copy = unsafe padded?.pointer
    unsafe copy?.initialize(repeating: 0, count: window.paddedCount)
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe columns.withUnsafeBufferPointer { columns in
        for index in indices {
          let image = unsafe first + index * imageCount
          if let copy = unsafe copy { unsafe window.copy(image, into: copy) }
          unsafe body(
            index,
            cairn_matrix(
              data: copy.map { unsafe UnsafePointer($0) } ?? image, row_stride: 0, column_stride: 0,
              row_offsets: rows.baseAddress, column_offsets: columns.baseAddress))
        }
      }
    }
    withExtendedLifetime(padded) {}
  }
}

extension Convolution {
  /// A unit of work: a range of images and a range of their output pixels.
  private struct Chunk {
    var images: Range<Int>
    var pixels: Range<Int>
  }

  /// Divides the work into bands of pixels of all images if there are enough pixels, otherwise into
  /// groups of images.
  ///
  /// A band has about 32 pixels. The number of bands divides evenly among several threads.
  private func chunks(of batch: Int, mayBeBands: Bool) -> [Chunk] {
    func parts(_ count: Int, _ size: Int) -> [Range<Int>] {
      stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }
    guard mayBeBands, pixels.count >= 256 else {
      return parts(batch, imagesPerChunk).map { Chunk(images: $0, pixels: 0..<pixels.count) }
    }
    let bands = min((pixels.count / 32 + 3) / 4 * 4, 64)
    return parts(pixels.count, (pixels.count + bands - 1) / bands).map {
      Chunk(images: 0..<batch, pixels: $0)
    }
  }

  /// Computes the requested gradients with respect to images, kernel and bias.
  ///
  /// One pass computes all of them, so that the gradient of the features is read once, and the
  /// gradient before ReLU is never written to memory. Each chunk has its own partial sums for
  /// kernel and bias, which are added in order.
  ///
  /// If chunks are bands of pixels and the gradient of the features is a deferred product, each
  /// band computes only its own part. The gradient with respect to the images excludes bands,
  /// because neighbouring bands add to the same pixels.
  ///
  /// - Parameters:
  ///   - dy: The gradient of the features.
  ///   - y: The features if ReLU was applied; otherwise `nil`.
  ///   - wantsImages: Whether to compute the gradient with respect to the images.
  ///   - images: The images if the gradient with respect to the kernel is requested; otherwise
  ///     `nil`.
  ///   - wantsBias: Whether to compute the gradient with respect to the bias.
  /// - Returns: The requested gradients, in this order.
  func gradients(
    _ dy: Tensor, relu y: Tensor? = nil, images wantsImages: Bool = false,
    kernelOn images: Tensor? = nil, bias wantsBias: Bool = false
  ) -> [Tensor] {
    let batch = dy.shape[0]
    let shape: Shape = [
      batch, window.inputHeight, window.inputWidth, window.groups * window.channels,
    ]
    let (featureCount, kernelCount) = (pixels.count * channels, taps.count * channels)
    let imageCount = shape.dropFirst().reduce(1, *)
    let chunks = chunks(of: batch, mayBeBands: !wantsImages)

    // Without ReLU, the gradient of the bias is the sum of the known gradient.
    let plainBias =
      wantsBias && y == nil ? dy.reshaped([batch * pixels.count, channels]).columnSums() : nil
    let deferred = dy.storage.deferred
    let isWhole = chunks.first?.images == 0..<batch
    let product = isWhole && deferred?.isComputed == false ? deferred : nil
    let turned = wantsImages ? TurnedConvolution(kernel, window) : nil
    let transposedKernel =
      wantsImages && turned == nil
      ? Matrix(kernel, rows: taps.count, columns: channels).transposed.packed : nil
    let dx = wantsImages ? Storage(uninitialized: shape.elementCount) : nil
    let dKernel = images.map { _ in Storage(uninitialized: chunks.count * kernelCount) }
    let dBias = wantsBias && y != nil ? Storage(uninitialized: chunks.count * channels) : nil

    // Raw addresses avoid contention between threads on the arrays' reference counts. The chunks
    // only read, and the arguments outlive them.
    let known = unsafe product == nil ? Shared(UnsafePointer(dy.storage.pointer)) : nil
    let features = unsafe y.map { unsafe Shared(UnsafePointer($0.storage.pointer)) }
    parallel(chunks: chunks.count) { number in
      let (indices, band) = (chunks[number].images, chunks[number].pixels)
      let (offset, count) = (band.lowerBound * channels, band.count * channels)
      let biasSums = unsafe dBias.map { unsafe $0.pointer + number * channels }
      unsafe biasSums?.initialize(repeating: 0, count: channels)
      let kernelSums = unsafe dKernel.map { unsafe $0.pointer + number * kernelCount }
      let dxOfImages = unsafe dx?.pointer
      let storage =
        product == nil && y == nil
        ? nil : Storage(uninitialized: groupSize(indices.count) * count)
      let own = unsafe storage?.pointer
      let columns =
        transposedKernel.map { _ in Storage(uninitialized: pixels.count * taps.count) }
      let padded = turned?.paddedImage()

      /// The gradient of an image's features in the band, before ReLU.
      func dz(_ index: Int, inPlace place: Int) -> UnsafePointer<Float> {
        let (at, own) = unsafe (
          index * featureCount + offset, own.map { unsafe $0 + place * count }
        )
        guard let dy = unsafe known.map({ unsafe $0 + at }) ?? own.map({ unsafe UnsafePointer($0) })
        else {
          fail("Internal error: a gradient is neither known nor computed.")
        }
        guard let features = unsafe features, let own = unsafe own else { return unsafe dy }
        if let biasSums = unsafe biasSums {
          unsafe kernels.relu_gradient_sums(
            Int64(band.count), Int64(channels), features + at, dy, own, biasSums)
        } else {
          unsafe kernels.relu_gradient(Int64(count), features + at, dy, own)
        }
        return unsafe UnsafePointer(own)
      }

      var start = indices.lowerBound
      while start < indices.upperBound {
        let group = start..<start + groupSize(indices.upperBound - start)
        if let product, let own = unsafe own {
          unsafe product.compute(rows: group, columns: offset..<offset + count, into: own)
        }
        func work(_ index: Int, _ seen: cairn_matrix?) {
          let dz = unsafe dz(index, inPlace: index - group.lowerBound)
          if let seen = unsafe seen, let kernelSums = unsafe kernelSums {
            unsafe addKernelGradient(
              seen, band.count, dz, to: kernelSums, isFirst: index == indices.lowerBound
            ) {
              // Prefetches the data of one of the next images.
              let next = index + max(1, 4096 / max(count, 1))
              guard next < batch else { return }
              let at = next * featureCount + offset
              unsafe $0.prefetch.0 = unsafe (features ?? known).map { unsafe $0 + at }
              unsafe $0.prefetch.1 = unsafe features == nil ? nil : known.map { unsafe $0 + at }
              unsafe $0.prefetch_count = unsafe (features == nil ? 0 : 1) + (known == nil ? 0 : 1)
              unsafe $0.prefetch_length = Int64(count)
            }
          }
          guard let dxOfImages = unsafe dxOfImages else { return }
          if let turned {
            unsafe turned.setImageGradient(dxOfImages + index * imageCount, dz, padded)
          } else if let columns, let transposedKernel {
            unsafe setImageGradient(
              dxOfImages + index * imageCount, dz, transposedKernel, columns.pointer)
          }
        }
        if let images {
          unsafe forEachImage(group, of: images, rows: taps, columns: pixels[band]) {
            unsafe work($0, $1)
          }
        } else {
          for index in group { work(index, nil) }
        }
        start = group.upperBound
      }
      withExtendedLifetime((storage, columns, padded)) {}
    }
    func total(_ sums: Storage, _ shape: Shape) -> Tensor {
      let total = Tensor(inParallel: shape) { out in
        let all = shape.elementCount
        parallel(over: 0..<all, grain: elementwiseGrain / 8) { start, count in
          let part = unsafe out + start
          unsafe part.initialize(repeating: 0, count: count)
          for number in 0..<chunks.count {
            unsafe kernels.add(1, Int64(count), part, sums.pointer + number * all + start, part)
          }
        }
      }
      withExtendedLifetime(sums) {}
      return total
    }
    return [
      dx.map { Tensor(shape: shape, storage: $0) }, dKernel.map { total($0, kernel.shape) },
      plainBias ?? dBias.map { total($0, [channels]) },
    ].compactMap { $0 }
  }

  /// The number of remaining images whose feature gradients are computed at once: three vectors,
  /// with the last two groups about equal, and never more than in the first group.
  private func groupSize(_ left: Int) -> Int {
    left >= 96 ? 48 : left > 48 ? (left + 31) / 32 * 16 : left
  }

  /// Adds the kernel gradient of some pixels of an image: the transposed patch matrix `[taps,
  /// pixels]` times the gradient of the features.
  private func addKernelGradient(
    _ seen: cairn_matrix, _ pixelCount: Int, _ dz: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<Float>, isFirst: Bool, _ prepare: (inout cairn_product) -> Void
  ) {
    for group in 0..<window.groups {
      let first = group * channelsOfGroup
      var product = unsafe cairn_product(
        m: taps.count, n: channelsOfGroup, k: pixelCount, a: seen.inGroup(group, of: window),
        b: dz + first, b_row_stride: channels, c: sums + first, c_row_stride: channels,
        c_column_stride: 1)
      unsafe product.accumulate = isFirst ? 0 : 1
      unsafe prepare(&product)
      unsafe kernels.matmul(&product)
    }
  }

  /// Computes the gradient with respect to an image if the strides are not 1: dy · kernelᵀ, added
  /// to the pixels under the window.
  private func setImageGradient(
    _ image: UnsafeMutablePointer<Float>, _ dz: UnsafePointer<Float>, _ transposedKernel: Matrix,
    _ columns: UnsafeMutablePointer<Float>
  ) {
    unsafe image.initialize(
      repeating: 0, count: window.inputHeight * window.inputWidth * window.groups * window.channels)
    for group in 0..<window.groups {
      let first = group * channelsOfGroup
      var product = unsafe cairn_product(
        m: pixels.count, n: taps.count, k: channelsOfGroup,
        a: cairn_matrix(
          data: dz + first, row_stride: Int64(channels), column_stride: 1, row_offsets: nil,
          column_offsets: nil),
        b: transposedKernel.address(row: first, column: 0), b_row_stride: taps.count, c: columns,
        c_row_stride: taps.count, c_column_stride: 1)
      unsafe kernels.matmul(&product)
      unsafe kernels.columns_to_image(window.kernel, columns, image + group * window.channels)
    }
  }
}

/// The gradient of a convolution with strides of 1 with respect to its images: the convolution of
/// the gradient of the features, padded with zeros, with the kernel turned around.
private struct TurnedConvolution: Sendable {
  /// The kernel, `[height, width, output channels / groups, input channels]`, with the taps in
  /// reverse order.
  private let kernel: Tensor
  private let window: Window
  private let (pixels, taps): ([Int32], [Int32])
  private let (channels, channelsOfGroup): (Int, Int)

  /// Turns a kernel of shape `[height, width, input channels / groups, output channels]`; `nil` if
  /// the strides are not 1.
  init?(_ kernel: Tensor, _ window: Window) {
    guard let turned = window.turned(filters: kernel.shape[3]) else { return nil }
    self.window = turned
    (pixels, taps) = (turned.pixelOffsets, turned.tapOffsets)
    let (inputs, outputs, groups) = (kernel.shape[2], kernel.shape[3], window.groups)
    (channels, channelsOfGroup) = (inputs * groups, inputs)
    let (tapCount, outputsOfGroup) = (kernel.shape[0] * kernel.shape[1], outputs / groups)
    let shape: Shape = [kernel.shape[0], kernel.shape[1], outputsOfGroup, inputs * groups]
    self.kernel = Tensor(inParallel: shape) { out in
      parallel(chunks: tapCount) { tap in
        let from = unsafe kernel.storage.pointer + tap * inputs * outputs
        let to = unsafe out + (tapCount - 1 - tap) * inputs * outputs
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

  /// Memory for a padded gradient of the features; `nil` if it needs no padding.
  func paddedImage() -> Storage? {
    window.isPadded ? Storage(zeros: window.paddedCount) : nil
  }

  /// Computes the gradient with respect to one image from that of its features; `padded` is from
  /// ``paddedImage()``.
  func setImageGradient(
    _ image: UnsafeMutablePointer<Float>, _ dz: UnsafePointer<Float>, _ padded: Storage?
  ) {
    if let padded { unsafe window.copy(dz, into: padded.pointer) }
    let source = unsafe padded.map { unsafe UnsafePointer($0.pointer) } ?? dz
    unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe taps.withUnsafeBufferPointer { taps in
        for group in 0..<window.groups {
          let first = group * channelsOfGroup
          var product = unsafe cairn_product(
            m: pixels.count, n: channelsOfGroup, k: taps.count,
            a: cairn_matrix(
              data: source + group * window.channels, row_stride: 0, column_stride: 0,
              row_offsets: pixels.baseAddress, column_offsets: taps.baseAddress),
            b: kernel.storage.pointer + first, b_row_stride: channels, c: image + first,
            c_row_stride: channels, c_column_stride: 1)
          unsafe kernels.matmul(&product)
        }
      }
    }
  }
}

extension cairn_matrix {
  /// The patch matrix of one group.
  fileprivate func inGroup(_ group: Int, of window: Window) -> cairn_matrix {
    var matrix = unsafe self
    unsafe matrix.data += group * window.channels
    return unsafe matrix
  }
}
