package import CheckpointStore

extension CheckpointStore {
  /// Writes a sealed file.
  ///
  /// - Parameter image: Its content.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written.
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

/// Runs an operation of a store and converts its errors.
package func storing<Result>(
  _ body: () throws(StoreError) -> Result
) throws(CheckpointError) -> Result {
  do throws(StoreError) { return try body() } catch { throw .store(error) }
}
