public import ArgumentParser
import Sandbox

extension Program {
  /// Notes how the processes were confined that read files, if there were any.
  public func noteConfinement() {
    guard let walls = Sandbox.walls else { return }
    let missing = Sandbox.Wall.allCases.filter { !walls.contains($0) }.map(\.rawValue)
    let granted = (walls.map(\.rawValue) + ["limits of resources"]).joined(separator: ", ")
    note(
      "files were read in a process without rights, by \(granted)"
        + (missing.isEmpty ? "" : "; the kernel has no \(missing.joined(separator: ", no "))"))
  }
}

extension ArgumentHelp {
  /// The help of `--verbose` of a program that reads files.
  public static var verbose: ArgumentHelp {
    "Note on standard error how the process that read files was confined."
  }
}
