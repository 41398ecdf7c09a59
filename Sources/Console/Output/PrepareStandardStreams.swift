import Glibc

/// Makes writing to a pipe that nobody reads an error, ``OutputError/closedPipe``, and not the
/// end of the process.
///
/// A program calls this first of all.
public func ignoreSIGPIPE() {
  _ = signal(SIGPIPE, SIG_IGN)
}
