import CKernels
import Preconditions
import Threads

extension Tensor {
  /// Adds tensors of one shape in a binary tree: the first two, the next two, and so on; then these
  /// sums, in the same way.
  ///
  /// So parts of the sum that are powers of two of neighbours can be computed elsewhere, with the
  /// same bits. Deferred products are computed block by block, and never written to memory as a
  /// whole.
  ///
  /// - Parameters:
  ///   - tensors: The tensors; `nil` stands for zeros.
  ///   - shape: Their shape.
  /// - Returns: The sum, without gradient.
  /// - Precondition: The number of tensors is a power of two, and each has the shape.
  package static func treeSum(of tensors: [Tensor?], shape: Shape) -> Tensor {
    Tensor(inParallel: shape) { out in
      unsafe writeTreeSum(of: tensors, shape: shape, to: out)
    }
  }

  /// Adds tensors as ``treeSum(of:shape:)`` does, and writes the sum to memory.
  ///
  /// - Parameters:
  ///   - tensors: The tensors; `nil` stands for zeros.
  ///   - shape: Their shape.
  ///   - output: Memory for the sum, which is none of theirs.
  package static func writeTreeSum(
    of tensors: [Tensor?], shape: Shape, to output: UnsafeMutablePointer<Float>
  ) {
    unsafe writeTreeSum(of: tensors, shape: shape, to: Shared(output))
  }

  private static func writeTreeSum(
    of tensors: [Tensor?], shape: Shape, to out: Shared<UnsafeMutablePointer<Float>>
  ) {
    let count = tensors.count
    require(count > 0 && count & (count - 1) == 0, "A tree needs a power of two of tensors.")
    require(
      tensors.allSatisfy { $0 == nil || $0?.shape == shape },
      "Each tensor of a sum must have the shape \(shape).")
    let block = tensors.compactMap { $0?.storage.deferred }.first { !$0.isComputed }
      .map { $0.rowsAtOnce * $0.columns }
    let size = Swift.min(block ?? elementwiseGrain / 8, Swift.max(shape.elementCount, 1))
    let terms = tensors.map { TreeTerm($0, blockSize: size) }
    parallel(over: 0..<shape.elementCount, grain: size * 8) { start, count in
      // Memory for one block at each height of the tree.
      let memory = Storage(uninitialized: terms.count.trailingZeroBitCount * size)
      for at in stride(from: start, to: start + count, by: size) {
        unsafe addTree(
          terms[...], at, Swift.min(size, start + count - at), into: out + at, memory.pointer,
          size)
      }
      withExtendedLifetime(memory) {}
    }
  }
}

/// Writes a block of the sum of some terms.
///
/// - Parameters:
///   - terms: The terms; a power of two of them.
///   - start: The first element.
///   - count: The number of elements.
///   - out: The destination.
///   - memory: Memory for as many blocks as the tree has heights above its leaves.
///   - size: The size of these blocks.
private func addTree(
  _ terms: ArraySlice<TreeTerm>, _ start: Int, _ count: Int, into out: UnsafeMutablePointer<Float>,
  _ memory: UnsafeMutablePointer<Float>?, _ size: Int
) {
  guard terms.count > 1, let memory = unsafe memory else {
    for term in terms { unsafe term.write(start, count, to: out) }
    return
  }
  let next = unsafe memory + size
  unsafe addTree(terms.prefix(terms.count / 2), start, count, into: out, next, size)
  let rest = terms.suffix(terms.count / 2)
  var other = unsafe UnsafePointer(memory)
  if rest.count == 1, let known = unsafe rest[rest.startIndex].known?.value {
    unsafe other = known + start
  } else {
    unsafe addTree(rest, start, count, into: memory, next, size)
  }
  unsafe kernels.add(1, Int64(count), out, other, out)
}

/// A term of a sum.
@safe private struct TreeTerm: Sendable {
  /// The address of the elements, if they are known.
  let known: Shared<UnsafePointer<Float>>?

  private let product: DeferredProduct?

  // Keeps the elements.
  private let storage: Storage?

  /// - Parameters:
  ///   - tensor: The tensor; `nil` for zeros.
  ///   - blockSize: The number of elements in a block.
  init(_ tensor: Tensor?, blockSize: Int) {
    let deferred = tensor?.storage.deferred
    let isBlocks = deferred.map { !$0.isComputed && blockSize % $0.columns == 0 } == true
    product = isBlocks ? deferred : nil
    storage = isBlocks ? nil : tensor?.storage.computed
    unsafe known = unsafe storage.map { unsafe Shared(UnsafePointer($0.pointer)) }
  }

  /// Writes a block, which is rows of the product if there is one.
  func write(_ start: Int, _ count: Int, to out: UnsafeMutablePointer<Float>) {
    if let product {
      let first = start / product.columns
      unsafe product.compute(rows: first..<first + count / product.columns, into: out)
    } else if let known = unsafe known {
      unsafe out.update(from: (known + start), count: count)
    } else {
      unsafe out.update(repeating: 0, count: count)
    }
  }
}
