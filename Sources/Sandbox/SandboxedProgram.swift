/// What a sandboxed process does: it answers requests of one kind, and keeps what it needs for the
/// next one.
package final class SandboxedProgram {
  /// Creates the program, in the sandboxed process; see ``retained``.
  package typealias Creator = @convention(c) () -> UnsafeMutableRawPointer

  /// Answers a request: it returns the answer and the number of bytes that it has written to
  /// ``SandboxChannel/elements``.
  package typealias Answer = (
    _ request: [UInt8], _ channel: SandboxChannel
  ) -> (answer: [UInt8], elementBytes: Int)

  let answer: Answer

  /// Creates a program.
  package init(_ answer: @escaping Answer) { self.answer = answer }

  /// The program as the result of a ``Creator``.
  package var retained: UnsafeMutableRawPointer {
    unsafe Unmanaged.passRetained(self).toOpaque()
  }

  /// Creates the program of a creator at an address.
  ///
  /// All processes are forked from one, so that an address means the same function in each.
  static func make(creatorAt address: UInt) -> SandboxedProgram {
    let creator = unsafe unsafeBitCast(address, to: Creator.self)
    return unsafe Unmanaged<SandboxedProgram>.fromOpaque(creator()).takeRetainedValue()
  }
}
