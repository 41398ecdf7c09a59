import Files

/// Classifying many pictures in several processes.
extension Classifier {
  /// Classifies one part of the pictures, and reports all of them in their order.
  ///
  /// The outcomes of all processes are those of one. The pictures of other processes are not
  /// read, apart from sheets that are cut into cells and compressed IDX files.
  ///
  /// - Parameters:
  ///   - inputs: The pictures, the same in all processes. None may come from standard input.
  ///   - share: The part.
  ///   - mode: The preprocessing mode.
  ///   - inversion: The inversion mode.
  ///   - readsNumbers: Whether numbers are read, instead of one answer for each picture; then
  ///     `mode` is ignored.
  ///   - report: Receives each step. If it throws, the classification ends.
  /// - Throws: What `report` throws.
  public func classify<Failure: Error>(
    _ inputs: PictureInputs, share: PictureShare, mode: PreprocessingMode = .auto,
    inversion: InversionMode = .auto, readsNumbers: Bool = false,
    report: (_ step: PictureShare.Step) throws(Failure) -> Void
  ) throws(Failure) {
    let limit = readsNumbers ? Self.pageLimit : PictureShare.largestBatch
    var count = PictureShare.firstBatch
    var isLast = false
    while !isLast {
      var pictures = SHA256()
      for rank in 0..<share.size {
        let batch = Self.batch(of: inputs, limit: count)
        isLast = batch.isEmpty
        if isLast { break }
        for input in batch {
          pictures.update(Array(input.name.utf8) + [0, input.labelCount == 0 ? 1 : 0])
        }
        guard rank == share.rank else {
          try report(.others(batch))
          continue
        }
        try report(
          .own(
            outcomes(of: batch, mode: mode, inversion: inversion, readsNumbers: readsNumbers)))
      }
      count = min(2 * count, limit)
      try report(.round(digest: pictures.digest, isLast: isLast))
    }
  }
}
