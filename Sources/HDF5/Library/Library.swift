internal import CHDF5
internal import Glibc

/// The only access to libhdf5: every public entry point of this module uses it through
/// ``Library/withLock(_:)``.
let library = Library()

/// The lock that serializes all calls of libhdf5 in this process, and the library's initialization.
///
/// Not every build of libhdf5 is thread-safe. Where it is, a call and the error stack that the call
/// leaves are still two steps. The lock is recursive, because releasing a handle takes it too.
@safe
final class Library: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: `mutex` is set in `init`, never replaced or freed, and only
  // passed to pthread functions. `serial` and `depth` are used only while it is held.
  // `readingDriver` is set only in `init`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var serial = 0
  private var depth = 0
  /// The virtual file driver that files are read through.
  private(set) var readingDriver: hid_t = -1

  /// Initializes libhdf5.
  ///
  /// It runs once, before any other call of the library.
  init() {
    unsafe mutex = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    unsafe pthread_mutexattr_init(&attributes)
    unsafe pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    unsafe pthread_mutex_init(mutex, &attributes)
    unsafe pthread_mutexattr_destroy(&attributes)

    // These variables make libhdf5 load plugins, search other folders for files, or print traces.
    // A file must be read the same way in every environment, so they are removed.
    for name in [
      "HDF5_PLUGIN_PATH", "HDF5_PLUGIN_PRELOAD", "HDF5_EXT_PREFIX", "HDF5_EXTFILE_PREFIX",
      "HDF5_VDS_PREFIX", "HDF5_DISABLE_VERSION_CHECK", "HDF5_DEBUG", "HDF5_DRIVER",
      "HDF5_DRIVER_CONFIG", "HDF5_VOL_CONNECTOR",
    ] {
      unsafe unsetenv(name)
    }
    // At exit, libhdf5 would free what is left of files that it failed to open, and crashes on some
    // of them. That cleanup is not needed: files are complete by then.
    H5dont_atexit()
    H5open()
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    H5PLset_loading_state(0)
    ExternalLinks.block()
    VariableStringProbe.register()
    readingDriver = ReadingDriver.register()
  }

  /// The version of libhdf5, such as "1.10.8".
  static var version: String {
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    unsafe H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }

  /// Runs code that calls libhdf5, while this thread holds the lock.
  ///
  /// - Parameter body: The code.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  func withLock<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  /// Evaluates an expression that calls libhdf5, while this thread holds the lock.
  ///
  /// - Parameter body: The expression.
  /// - Returns: Its value.
  /// - Throws: Its error.
  func withLock<Result: ~Copyable>(
    _ body: @autoclosure () throws(HDF5Error) -> Result
  ) throws(HDF5Error) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  private func lock() {
    unsafe pthread_mutex_lock(mutex)
    depth += 1
    guard depth == 1 else { return }
    // The error stack and its automatic printing belong to the thread. libhdf5 must not print to
    // standard error on any of them.
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
  }

  private func unlock() {
    depth -= 1
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Returns a number that no earlier call has returned.
  func nextSerial() -> Int {
    withLock {
      serial += 1
      return serial
    }
  }
}
