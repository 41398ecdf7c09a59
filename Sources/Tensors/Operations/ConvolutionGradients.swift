import CKernels

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
    let transposedKernel = Matrix(kernel, rows: taps.count, columns: channels).transposed.packed
    let dx = wantsImages ? Storage(uninitialized: shape.elementCount) : nil
    let dKernel = images.map { _ in Storage(uninitialized: chunks.count * kernelCount) }
    let dBias = wantsBias && y != nil ? Storage(uninitialized: chunks.count * channels) : nil

    // Addresses, because to keep what they belong to alive for each image costs more than its work.
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
        ? nil : Storage(uninitialized: min(48, indices.count) * count)
      let own = storage?.pointer
      let columns = wantsImages ? Storage(uninitialized: pixels.count * taps.count) : nil

      /// The gradient of an image's features in the band, taken back through `relu` if there is one.
      func dz(_ index: Int, inPlace place: Int) -> UnsafePointer<Float> {
        let (at, own) = (index * featureCount + offset, own.map { $0 + place * count })
        guard let dy = known.map({ $0 + at }) ?? own.map({ UnsafePointer($0) }) else {
          preconditionFailure("a gradient is known or computed")
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
          if let dxOfImages, let columns {
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

  /// How many of the images have the gradient of their features computed at once: three vectors, and
  /// the last two times about the same.
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
