public import Console
import Glibc
public import Ranks

extension LostRank {
  /// Ends this process because another one was lost; one process says so.
  ///
  /// - Parameters:
  ///   - program: The name of the program.
  ///   - hint: Returns advice for the user; `nil` for that about the loss itself.
  ///   - color: When the message is coloured.
  public func endProcess(
    of program: String, hint: () -> String? = { nil }, color: ColorChoice
  ) -> Never {
    if isReporter {
      let diagnostic = Diagnostic(
        .error, program: program, message: "\(self), so the job has ended",
        hint: hint() ?? self.hint)
      let text = diagnostic.rendered(color: Terminal.of(.error, color: color).usesColor)
      _ = unsafe Array(text.utf8).withUnsafeBytes { bytes in
        unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
      }
    }
    _exit(ExitStatus.busy.rawValue)
  }
}
