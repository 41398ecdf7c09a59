package import CheckpointStore

extension CheckpointStore {
  /// Writes a sealed file.
  ///
  /// - Parameter image: Its content.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; the file at the path is then unchanged,
  ///   unless the error is ``StoreError/unconfirmed(path:reason:)``.
  package func write(_ image: consuming CheckpointImage) throws(CheckpointError) -> Int {
    var image = image
    do throws(StoreError) {
      return try unsafe image.withSealedBytes { parts throws(StoreError) in
        try unsafe write(parts)
      }
    } catch {
      throw .store(error)
    }
  }
}
