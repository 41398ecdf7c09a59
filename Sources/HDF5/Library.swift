internal import CHDF5
internal import Glibc
internal import Synchronization

/// The one door to libhdf5: every public entry point of this module holds ``library`` locked.
let library = Library()

/// The process-wide lock over libhdf5, and the library's set-up.
///
/// Not every build of libhdf5 is thread-safe, and in those that are, a call and the error stack it
/// leaves behind are two steps. The lock is recursive because a handle may be released, and so take
/// it, in the middle of a call that holds it.
final class Library: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: `mutex` is set up in `init`, never replaced or freed, and
  // only ever handed to pthread functions; `serial` and `depth` are touched only while it is held, and
  // `readingDriver` is set in `init` alone.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var serial = 0
  private var depth = 0
  /// The thread that is inside, 0 if none is.
  private let thread = Atomic<UInt>(0)
  private let calls = Atomic<Int>(0)
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
      "HDF5_VDS_PREFIX", "HDF5_DISABLE_VERSION_CHECK", "HDF5_DEBUG", "HDF5_DRIVER",
      "HDF5_DRIVER_CONFIG", "HDF5_VOL_CONNECTOR",
    ] {
      unsetenv(name)
    }
    // At the end of a process libhdf5 would free what is left of files that it failed to open, and crash
    // on some. Nothing of it is needed: files are complete before, and memory goes with the process.
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
    H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }

  /// Enters libhdf5.
  ///
  /// Its error stacks, and whether they are printed, belong to the thread: whichever thread comes
  /// in, nothing may reach standard error.
  func lock() {
    pthread_mutex_lock(mutex)
    depth += 1
    if depth == 1 {
      thread.store(UInt(pthread_self()), ordering: .relaxed)
      calls.wrappingAdd(1, ordering: .relaxed)
    }
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
  }

  /// Leaves libhdf5.
  func unlock() {
    depth -= 1
    if depth == 0 { thread.store(0, ordering: .relaxed) }
    pthread_mutex_unlock(mutex)
  }

  /// Whether any thread is inside.
  var isInUse: Bool { thread.load(ordering: .relaxed) != 0 }

  /// Whether this thread is inside.
  var isInside: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// How many times the library has been entered.
  var callsBegun: Int { calls.load(ordering: .relaxed) }

  /// A number that no earlier call has returned.
  func nextSerial() -> Int {
    lock()
    defer { unlock() }
    serial += 1
    return serial
  }
}
