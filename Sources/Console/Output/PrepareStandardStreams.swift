import Glibc

/// Makes the standard streams safe to use.
///
/// A program must call this first. Afterwards, writing to a pipe without a reader is an error,
/// ``OutputError/closedPipe``, and no longer ends the process. So is a file that would exceed the
/// maximum size of files. Standard streams that are closed
/// become `/dev/null`; otherwise the next file that the program opens would get their number, and
/// messages would be written into it.
public func prepareStandardStreams() {
  _ = signal(SIGPIPE, SIG_IGN)
  _ = signal(SIGXFSZ, SIG_IGN)
  for stream in Int32(0)...2 where fcntl(stream, F_GETFD) < 0 && errno == EBADF {
    // `open` returns the lowest free descriptor, which is this one.
    _ = unsafe open("/dev/null", O_RDWR)
  }
}
