import Glibc

/// Makes the standard streams safe to use.
///
/// A program calls this first of all. Writing to a pipe that nobody reads becomes an error, ``OutputError/closedPipe``, instead of the end of the process.
/// Standard streams that are closed become `/dev/null`: otherwise the next file that the program opens
/// would get their number, and messages would be written into it.
public func prepareStandardStreams() {
  _ = signal(SIGPIPE, SIG_IGN)
  for stream in Int32(0)...2 where fcntl(stream, F_GETFD) < 0 && errno == EBADF {
    // Returns the lowest free number, which is this one.
    _ = unsafe open("/dev/null", O_RDWR)
  }
}
