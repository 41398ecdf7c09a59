/// Calls `body` for each chunk, on ``Threads/count`` threads.
///
/// - Parameters:
///   - chunks: The number of chunks. If their results are combined, it must depend only on the size
///     of the problem, so that results do not depend on the number of threads.
///   - body: Computes one chunk. Chunks must write to different memory.
package func parallel(chunks: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let workers = min(Threads.count, chunks)
  let pause = LoopPauses.work
  if workers > 1,
    ThreadPool.shared.run(chunks: chunks, workers: workers, pause: pause?.value, body)
  {
    return
  }
  for chunk in 0..<chunks {
    body(chunk)
    pause?.value()
  }
}

/// Calls `body` for the parts of a range, on ``Threads/count`` threads.
///
/// - Parameters:
///   - range: The range.
///   - grain: The number of elements in each part but the last; chosen from the size of the problem
///     alone if the results of parts are combined.
///   - body: Computes one part. Parts must write to different memory.
package func parallel(
  over range: Range<Int>, grain: Int,
  _ body: @escaping @Sendable (_ start: Int, _ count: Int) -> Void
) {
  parallel(chunks: (range.count + grain - 1) / grain) { chunk in
    let start = range.lowerBound + chunk * grain
    body(start, min(grain, range.upperBound - start))
  }
}
