import Preconditions
import CKernels

/// How many images of a batch are one chunk.
///
/// Enough work for a thread, and few enough that a batch keeps several threads busy. Fixed, because
/// the partial sums of a kernel's gradient follow it.
let imagesPerChunk = 4

extension Tensor {
  /// Convolves images with a kernel (which, as everywhere in the field, is a cross-correlation);
  /// adds a bias and applies `relu` on the way, if they are asked for.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, input channels / groups, output channels]`.
  ///   - bias: What is added to each pixel of the features, of shape `[output channels]`.
  ///   - relu: Whether negative results become 0.
  ///   - strides: How far the kernel moves.
  ///   - padding: What happens at the border.
  ///   - dilation: The distance of the pixels that the kernel sees; 1 if they are neighbours.
  ///   - groups: Into how many parts the channels are divided; each part of the output is computed
  ///     from one part of the input.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: For images of shape `[batch, height, width, input channels]`, features of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes fit each other, and a `valid` kernel is not larger than an image.
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
    let window = Window(
      Size2D(kernel.shape[0], kernel.shape[1]), strides: strides, dilation: dilation,
      padding: padding, groups: groups, over: Shape(shape.dropFirst()))
    guard let window else {
      fail(
        "A `valid` kernel must not be larger than the images, but is \(kernel.shape) for \(shape).",
        file: file, line: line)
    }
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

  /// Spreads each pixel with a kernel over an output, which is the gradient of a convolution with
  /// respect to its images.
  ///
  /// - Parameters:
  ///   - kernel: Shape `[kernel height, kernel width, output channels, input channels]`.
  ///   - strides: How far apart the kernels of neighbouring pixels are in the output.
  ///   - padding: What happens at the border; with `same`, an output has input · stride rows.
  ///   - outputPadding: How many rows and columns an output has beyond those that the input and the
  ///     kernel make certain; by default as many as there may be, see ``Window``.
  ///   - dilation: The distance of the pixels that the kernel spreads to; 1 if they are neighbours.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Returns: For features of shape `[batch, height, width, input channels]`, images of shape
  ///   `[batch, output height, output width, output channels]`.
  /// - Precondition: The shapes fit each other, and the output has pixels.
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

/// A kernel, and how it moves over images: what a convolution shares with its gradients.
private struct Convolution: Sendable {
  private let kernel: Tensor
  private let window: Window

  /// The number of output channels, of all groups and of one.
  private let (channels, channelsOfGroup): (Int, Int)

  /// Where the window begins, and where its elements are from there.
  private let (pixels, taps): ([Int32], [Int32])

  init(_ kernel: Tensor, _ window: Window) {
    self.kernel = kernel.withoutGradient
    self.window = window
    (channels, channelsOfGroup) = (kernel.shape[3], kernel.shape[3] / window.groups)
    (pixels, taps) = (window.pixelOffsets, window.tapOffsets)
  }

  /// For each image and group: what the window sees, as a matrix `[pixels, taps]`, times the kernel.
  func features(_ images: Tensor, _ epilogue: Epilogue) -> Tensor {
    let output: Shape = [images.shape[0], window.outputHeight, window.outputWidth, channels]
    return Tensor(uninitialized: output) { out in
      nonisolated(unsafe) let out = out
      parallel(over: 0..<images.shape[0], grain: imagesPerChunk) { start, count in
        forEachImage(start..<start + count, of: images, rows: pixels, columns: taps[...]) {
          index, seen in
          for group in 0..<window.groups {
            let first = group * channelsOfGroup
            var product = cairn_product(
              m: pixels.count, n: channelsOfGroup, k: taps.count,
              a: seen.inGroup(group, of: window),
              b: kernel.storage.pointer + first, b_row_stride: channels,
              c: at(out, index * pixels.count * channels + first), c_row_stride: channels,
              c_column_stride: 1)
            epilogue.add(to: &product, column: first)
            kernels.matmul(&product)
          }
        }
      }
    }
  }

  /// Calls `body` for some of the images, with zeros around them if the window leaves them.
  ///
  /// - Parameters:
  ///   - indices: The images.
  ///   - images: All images.
  ///   - rows: The offsets of rows and columns of the matrix that an image is looked at as.
  ///   - columns: The other offsets.
  ///   - body: Receives the number of an image, and the matrix for the first group.
  private func forEachImage(
    _ indices: Range<Int>, of images: Tensor, rows: [Int32], columns: ArraySlice<Int32>,
    _ body: (_ index: Int, _ seen: cairn_matrix) -> Void
  ) {
    let imageCount = images.shape.dropFirst().reduce(1, *)
    let first = UnsafePointer(images.storage.pointer)
    let padded = window.isPadded ? Storage(uninitialized: window.paddedCount) : nil
    let copy = padded?.pointer
    copy?.initialize(repeating: 0, count: window.paddedCount)
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        for index in indices {
          let image = first + index * imageCount
          if let copy { window.copy(image, into: copy) }
          body(
            index,
            cairn_matrix(
              data: copy.map { UnsafePointer($0) } ?? image, row_stride: 0, column_stride: 0,
              row_offsets: rows.baseAddress, column_offsets: columns.baseAddress))
        }
      }
    }
    withExtendedLifetime(padded) {}
  }
}

extension Convolution {
  /// What is computed at a time: of some images the features of some pixels.
  private struct Chunk {
    var images: Range<Int>
    var pixels: Range<Int>
  }

  /// Bands of the pixels of all images, if there are enough pixels; otherwise a few images each.
  ///
  /// A band has about 32 pixels, and their number is one that several threads share evenly.
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

  /// The gradients with respect to images, kernel and bias, as far as they are wanted.
  ///
  /// All in one pass, so that the gradient of the features is read once and, if it goes through a
  /// `relu`, never written: what a chunk works on stays in the cache. Each chunk has sums of its own for
  /// kernel and bias, which are added in order.
  ///
  /// If a chunk is a band of pixels, and the gradient of the features still is a product, its part for the
  /// band is computed there, and the whole of it nowhere. Bands will not do if the gradient with respect to
  /// the images is wanted, to which neighbouring ones add.
  ///
  /// - Parameters:
  ///   - dy: The gradient of the features.
  ///   - y: The features, if `relu` was applied to them.
  ///   - wantsImages: Whether the gradient with respect to the images is wanted.
  ///   - images: The images, if the gradient with respect to the kernel is wanted.
  ///   - wantsBias: Whether the gradient with respect to the bias is wanted.
  /// - Returns: The gradients that are wanted, in this order.
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

    // Without `relu`, it is a sum of all that is known.
    let plainBias =
      wantsBias && y == nil ? dy.reshaped([batch * pixels.count, channels]).columnSums() : nil
    let deferred = dy.storage.deferred
    let isWhole = chunks.first?.images == 0..<batch
    let product = isWhole && deferred?.isComputed == false ? deferred : nil
    let transposedKernel =
      wantsImages
      ? Matrix(kernel, rows: taps.count, columns: channels).transposed.packed : nil
    let dx = wantsImages ? Storage(uninitialized: shape.elementCount) : nil
    let dKernel = images.map { _ in Storage(uninitialized: chunks.count * kernelCount) }
    let dBias = wantsBias && y != nil ? Storage(uninitialized: chunks.count * channels) : nil

    // Addresses, because threads that count references to one array for each image wait for each other. The
    // chunks only read there, and the arguments outlive them.
    nonisolated(unsafe) let known = product == nil ? UnsafePointer(dy.storage.pointer) : nil
    nonisolated(unsafe) let features = y.map { UnsafePointer($0.storage.pointer) }
    parallel(chunks: chunks.count) { number in
      let (indices, band) = (chunks[number].images, chunks[number].pixels)
      let (offset, count) = (band.lowerBound * channels, band.count * channels)
      let biasSums = dBias.map { $0.pointer + number * channels }
      biasSums?.initialize(repeating: 0, count: channels)
      let kernelSums = dKernel.map { $0.pointer + number * kernelCount }
      let dxOfImages = dx?.pointer
      let storage =
        product == nil && y == nil
        ? nil : Storage(uninitialized: groupSize(indices.count) * count)
      let own = storage?.pointer
      let columns = wantsImages ? Storage(uninitialized: pixels.count * taps.count) : nil

      /// The gradient of an image's features in the band, taken back through `relu` if there is one.
      func dz(_ index: Int, inPlace place: Int) -> UnsafePointer<Float> {
        let (at, own) = (index * featureCount + offset, own.map { $0 + place * count })
        guard let dy = known.map({ $0 + at }) ?? own.map({ UnsafePointer($0) }) else {
          fail("Internal error: a gradient is neither known nor computed.")
        }
        guard let features, let own else { return dy }
        if let biasSums {
          kernels.relu_gradient_sums(
            Int64(band.count), Int64(channels), features + at, dy, own, biasSums)
        } else {
          kernels.relu_gradient(Int64(count), features + at, dy, own)
        }
        return UnsafePointer(own)
      }

      var start = indices.lowerBound
      while start < indices.upperBound {
        let group = start..<start + groupSize(indices.upperBound - start)
        if let product, let own {
          product.compute(rows: group, columns: offset..<offset + count, into: own)
        }
        func work(_ index: Int, _ seen: cairn_matrix?) {
          let dz = dz(index, inPlace: index - group.lowerBound)
          if let seen, let kernelSums {
            addKernelGradient(
              seen, band.count, dz, to: kernelSums, isFirst: index == indices.lowerBound
            ) {
              // What one of the next images needs is fetched meanwhile.
              let next = index + max(1, 4096 / max(count, 1))
              guard next < batch else { return }
              let at = next * featureCount + offset
              $0.soon.0 = (features ?? known).map { $0 + at }
              $0.soon.1 = features == nil ? nil : known.map { $0 + at }
              $0.soon_count = (features == nil ? 0 : 1) + (known == nil ? 0 : 1)
              $0.soon_length = Int64(count)
            }
          }
          if let dxOfImages, let columns, let transposedKernel {
            setImageGradient(
              dxOfImages + index * imageCount, dz, transposedKernel, columns.pointer)
          }
        }
        if let images {
          forEachImage(group, of: images, rows: taps, columns: pixels[band]) { work($0, $1) }
        } else {
          for index in group { work(index, nil) }
        }
        start = group.upperBound
      }
      withExtendedLifetime((storage, columns)) {}
    }
    func total(_ sums: Storage, _ shape: Shape) -> Tensor {
      Tensor(shape: Shape([chunks.count] + shape.dimensions), storage: sums).sum(axes: [0])
    }
    return [
      dx.map { Tensor(shape: shape, storage: $0) }, dKernel.map { total($0, kernel.shape) },
      plainBias ?? dBias.map { total($0, [channels]) },
    ].compactMap { $0 }
  }

  /// How many of the images that are left have the gradient of their features computed at once: three
  /// vectors, and the last two times about the same; never more than the first time.
  private func groupSize(_ left: Int) -> Int {
    left >= 96 ? 48 : left > 48 ? (left + 31) / 32 * 16 : left
  }

  /// Adds the gradient with respect to the kernel that some pixels of an image give: what the window sees
  /// there, as a matrix `[taps, pixels]`, times the gradient of the features.
  private func addKernelGradient(
    _ seen: cairn_matrix, _ pixelCount: Int, _ dz: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<Float>, isFirst: Bool, _ prepare: (inout cairn_product) -> Void
  ) {
    for group in 0..<window.groups {
      let first = group * channelsOfGroup
      var product = cairn_product(
        m: taps.count, n: channelsOfGroup, k: pixelCount, a: seen.inGroup(group, of: window),
        b: dz + first, b_row_stride: channels, c: sums + first, c_row_stride: channels,
        c_column_stride: 1)
      product.accumulate = isFirst ? 0 : 1
      prepare(&product)
      kernels.matmul(&product)
    }
  }

  /// Computes the gradient with respect to an image: dy · kernelᵀ, added to where the window saw it.
  private func setImageGradient(
    _ image: UnsafeMutablePointer<Float>, _ dz: UnsafePointer<Float>, _ transposedKernel: Matrix,
    _ columns: UnsafeMutablePointer<Float>
  ) {
    image.initialize(
      repeating: 0, count: window.inputHeight * window.inputWidth * window.groups * window.channels)
    for group in 0..<window.groups {
      let first = group * channelsOfGroup
      var product = cairn_product(
        m: pixels.count, n: taps.count, k: channelsOfGroup,
        a: cairn_matrix(
          data: dz + first, row_stride: Int64(channels), column_stride: 1, row_offsets: nil,
          column_offsets: nil),
        b: transposedKernel.address(row: first, column: 0), b_row_stride: taps.count, c: columns,
        c_row_stride: taps.count, c_column_stride: 1)
      kernels.matmul(&product)
      kernels.columns_to_image(window.kernel, columns, image + group * window.channels)
    }
  }
}

extension cairn_matrix {
  /// What the window sees of the channels of one group.
  fileprivate func inGroup(_ group: Int, of window: Window) -> cairn_matrix {
    var matrix = self
    matrix.data += group * window.channels
    return matrix
  }
}
