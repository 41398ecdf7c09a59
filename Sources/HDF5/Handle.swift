internal import CHDF5

/// The owner of one libhdf5 identifier, which it releases when it goes away.
struct Handle: ~Copyable, Sendable {
  /// The identifier; always a valid one of ours.
  let id: hid_t

  /// Takes ownership of `id`, or throws what libhdf5 has to say if there is none.
  init(_ id: hid_t, _ attempt: @autoclosure () -> Attempt) throws(HDF5Error) {
    guard id >= 0 else { throw attempt().failure() }
    self.id = id
  }

  deinit {
    library.lock()
    defer { library.unlock() }
    H5Idec_ref(id)
  }
}

/// What is being tried on which object, for the message if it fails.
struct Attempt {
  /// What is being tried.
  let operation: HDF5Error.Operation
  /// The file it is tried on; nil for one that is being built in memory.
  let file: String?
  /// The path of the object inside the file, or nil for the file itself.
  let object: String?

  /// The error for this attempt, with a cause of our own.
  func failure(_ cause: HDF5Error.Cause) -> HDF5Error {
    HDF5Error(operation: operation, file: file, object: object, cause: cause)
  }

  /// The error for this attempt, with the cause libhdf5 gives on its error stack.
  func failure() -> HDF5Error {
    failure(.library(ErrorStack.innermostSentence()))
  }

  /// Throws what libhdf5 has to say unless `status` is a success.
  func check(_ status: herr_t) throws(HDF5Error) {
    guard status >= 0 else { throw failure() }
  }
}
