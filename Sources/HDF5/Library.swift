internal import CHDF5
internal import Glibc

/// The one door to libhdf5: every public entry point of this module holds ``library`` locked.
let library = Library()

/// The process-wide lock over libhdf5, and the library's set-up.
///
/// Not every build of libhdf5 is thread-safe, and in those that are, a call and the error stack it
/// leaves behind are two steps. The lock is recursive because a handle may be released, and so take
/// it, in the middle of a call that holds it.
final class Library: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: `mutex` is set up in `init`, never replaced or freed, and
  // only ever handed to pthread functions; `serial` is touched only while it is held, and
  // `readingDriver` is set in `init` alone.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var serial = 0
  /// The driver that files are read through.
  private(set) var readingDriver: hid_t = -1

  /// Prepares libhdf5; runs once, before the first call of anything else in it.
  init() {
    mutex = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)

    // What the environment may tell libhdf5: code to load, places to look for files, traces to
    // print. None of it is ours to obey.
    for name in [
      "HDF5_PLUGIN_PATH", "HDF5_PLUGIN_PRELOAD", "HDF5_EXT_PREFIX", "HDF5_EXTFILE_PREFIX",
      "HDF5_VDS_PREFIX", "HDF5_DISABLE_VERSION_CHECK", "HDF5_DEBUG",
    ] {
      unsetenv(name)
    }
    H5open()
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    H5PLset_loading_state(0)
    ExternalLinks.block()
    VariableStringProbe.register()
    readingDriver = ReadingDriver.register()
  }

  /// Enters libhdf5.
  ///
  /// Its error stacks, and whether they are printed, belong to the thread: whichever thread comes
  /// in, nothing may reach standard error.
  func lock() {
    pthread_mutex_lock(mutex)
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
  }

  /// Leaves libhdf5.
  func unlock() {
    pthread_mutex_unlock(mutex)
  }

  /// A number that no earlier call has returned.
  func nextSerial() -> Int {
    lock()
    defer { unlock() }
    serial += 1
    return serial
  }
}
