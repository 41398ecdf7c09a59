package import CheckpointStore
package import HDF5
package import Zip

/// An error of a module below, which is a cause of a ``CheckpointError``.
package protocol CheckpointErrorCause: Error {
  /// The error of the checkpoint.
  var checkpointError: CheckpointError { get }
}

extension HDF5Error: CheckpointErrorCause {
  package var checkpointError: CheckpointError { .file(self) }
}

extension ZipError: CheckpointErrorCause {
  package var checkpointError: CheckpointError { .archive(self) }
}

extension StoreError: CheckpointErrorCause {
  package var checkpointError: CheckpointError { .store(self) }
}

/// Runs an operation and converts its errors.
package func converting<Result: ~Copyable, Cause: CheckpointErrorCause>(
  _ body: () throws(Cause) -> Result
) throws(CheckpointError) -> Result {
  do throws(Cause) { return try body() } catch { throw error.checkpointError }
}
