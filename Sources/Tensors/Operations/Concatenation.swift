import Preconditions
import Threads

extension Tensor {
  /// Concatenates tensors along an existing axis.
  ///
  /// - Parameters:
  ///   - tensors: At least one tensor; all extents except that of the axis must be equal.
  ///   - axis: The axis; negative values count from the end.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    concatenating tensors: [Tensor], axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      !tensors.isEmpty, "`concatenating` needs at least one tensor, but got none.", file: file,
      line: line)
    let first = tensors[0].shape
    let axis = first.axis(axis)
    var dimensions = first.dimensions
    dimensions[axis] = 0
    for tensor in tensors {
      require(
        tensor.rank == first.count
          && tensor.shape.indices.allSatisfy { $0 == axis || tensor.shape[$0] == first[$0] },
        """
        Shapes must be equal but for the axis \(axis) to be concatenated, but are \(first) and \
        \(tensor.shape).
        """, file: file, line: line)
      dimensions[axis] += tensor.shape[axis]
    }
    let shape = Shape(dimensions)
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let width = shape[axis] * inner
    let result = Tensor(inParallel: shape) { out in
      var offset = 0
      for tensor in tensors where tensor.count > 0 {
        let (part, place) = (tensor.shape[axis] * inner, offset)
        let storage = tensor.storage.computed
        unsafe copy(
          outer, blocksOf: part, from: storage.pointer, every: part, to: out + place, every: width)
        withExtendedLifetime(storage) {}
        offset += part
      }
    }
    var start = 0
    let ranges = tensors.map { tensor in
      defer { start += tensor.shape[axis] }
      return start..<start + tensor.shape[axis]
    }
    self = result.computed(together: tensors) { gradient, wanted in
      wanted.map { gradient.slice(ranges[$0], axis: axis) }
    }
  }

  /// Returns a slice along an axis.
  ///
  /// - Parameters:
  ///   - range: The range of indices along the axis.
  ///   - axis: The axis; negative values count from the end.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A tensor with the extent `range.count` along the axis.
  public func slice(
    _ range: Range<Int>, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let shape = shape
    let axis = shape.axis(axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "`range` must be within 0..<\(shape[axis]), the extent of axis \(axis), but is \(range).",
      file: file, line: line)
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let (width, part) = (shape[axis] * inner, range.count * inner)
    var dimensions = shape.dimensions
    dimensions[axis] = range.count
    let start = range.lowerBound * inner
    let storage = storage.computed
    return Tensor(inParallel: Shape(dimensions)) { out in
      guard part > 0 else { return }
      unsafe copy(
        outer, blocksOf: part, from: storage.pointer + start, every: width, to: out.value,
        every: part)
      withExtendedLifetime(storage) {}
    }
    .computed(
      from: (
        self,
        { gradient in
          unsafe Tensor(uninitialized: shape) { out in
            unsafe out.initialize(repeating: 0)
            for block in 0..<outer where part > 0 {
              unsafe at(out, block * width + start)
                .update(from: gradient.storage.pointer + block * part, count: part)
            }
          }
        }
      ))
  }

  /// Returns the gated linear unit: a · sigmoid(b), where a and b are the halves of the last axis.
  ///
  /// Source: Y. Dauphin et al., 2017.
  ///
  /// - Parameters:
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For a tensor of shape `[…, 2 n]`, one of shape `[…, n]`.
  /// - Precondition: The last extent is even.
  public func gatedLinearUnit(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    let extent = shape.last ?? 1
    require(
      extent.isMultiple(of: 2),
      "A gated linear unit needs an even last extent, but the shape is \(shape).", file: file,
      line: line)
    return slice(0..<extent / 2, axis: -1) * slice(extent / 2..<extent, axis: -1).sigmoid()
  }
}

/// Copies blocks of consecutive elements; several threads divide the elements, not the blocks.
private func copy(
  _ blocks: Int, blocksOf size: Int, from source: UnsafePointer<Float>, every sourceStride: Int,
  to target: UnsafeMutablePointer<Float>, every targetStride: Int
) {
  let (source, target) = unsafe (Shared(source), Shared(target))
  parallel(over: 0..<blocks * size, grain: elementwiseGrain) { first, count in
    var (block, place) = first.quotientAndRemainder(dividingBy: size)
    var left = count
    while left > 0 {
      let run = min(size - place, left)
      unsafe (target + (block * targetStride + place))
        .initialize(from: source + (block * sourceStride + place), count: run)
      (block, place) = (block + 1, 0)
      left -= run
    }
  }
}
