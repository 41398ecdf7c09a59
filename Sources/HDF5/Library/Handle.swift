internal import CHDF5

/// The owner of one libhdf5 identifier, which it releases when its lifetime ends.
struct Handle: ~Copyable, Sendable {
  /// The identifier, which is valid.
  let id: hid_t

  /// Takes ownership of the identifier that a call of libhdf5 returns.
  ///
  /// - Parameters:
  ///   - call: The call, such as `H5Dget_type(dataset)`.
  ///   - attempt: The operation that the call is part of.
  /// - Throws: ``HDF5Error`` with libhdf5's reason if the call fails.
  init(_ call: @autoclosure () -> hid_t, _ attempt: Attempt) throws(HDF5Error) {
    id = try attempt.call(call())
  }

  deinit {
    _ = library.withLock { H5Idec_ref(id) }
  }
}
