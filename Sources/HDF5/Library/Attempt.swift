internal import CHDF5

/// An operation on an object of a file.
///
/// It runs the calls of libhdf5 and describes their errors.
struct Attempt {
  /// The operation.
  let operation: HDF5Error.Operation
  /// The path of the file; nil for a file that is being built in memory.
  let file: String?
  /// The path of the object inside the file, or nil for the file itself.
  let object: String?

  /// Runs one call of libhdf5 with the lock held.
  ///
  /// Every call that can fail goes through this function, because libhdf5's reason must be read
  /// before the next call replaces it.
  ///
  /// - Parameters:
  ///   - cause: Makes the cause of the error from libhdf5's reason.
  ///   - function: The call, which returns a negative number if it fails.
  /// - Returns: The result of the call, which is not negative.
  /// - Throws: ``HDF5Error`` if the call fails.
  @discardableResult
  func call<Status: SignedInteger>(
    failure cause: (String) -> HDF5Error.Cause = HDF5Error.Cause.library,
    _ function: @autoclosure () -> Status
  ) throws(HDF5Error) -> Status {
    try library.withLock { () throws(HDF5Error) in
      let status = function()
      guard status >= 0 else { throw failure(cause(ErrorStack.innermostSentence())) }
      return status
    }
  }

  /// Evaluates an expression that throws a cause, and adds the operation, file and object to it.
  ///
  /// - Parameter body: The expression.
  /// - Returns: Its value.
  /// - Throws: ``HDF5Error`` with the cause that the expression throws.
  func run<Result: ~Copyable>(
    _ body: @autoclosure () throws(HDF5Error.Cause) -> Result
  ) throws(HDF5Error) -> Result {
    do throws(HDF5Error.Cause) { return try body() } catch { throw failure(error) }
  }

  /// Creates the error of this operation with a cause.
  func failure(_ cause: HDF5Error.Cause) -> HDF5Error {
    HDF5Error(operation: operation, file: file, object: object, cause: cause)
  }

  /// Creates the error of this operation with libhdf5's reason for the last failed call.
  func failure() -> HDF5Error {
    failure(.library(ErrorStack.innermostSentence()))
  }
}
