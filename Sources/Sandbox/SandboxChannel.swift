internal import CSandbox
internal import Glibc

/// A sandboxed process's side of the exchange with its caller.
@safe
package final class SandboxChannel: @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: a sandboxed process has one thread.
  private let window: SandboxWindow
  private static let socket: Int32 = 3

  /// Gives up the rights of this process.
  init(_ task: SandboxTask, _ window: SandboxWindow) {
    self.window = window
    let walls = csandbox_give_up_rights(task.channel, task.memory)
    send(SandboxMessage(.ready, Int(getpid()), Int(walls)))
  }

  /// Answers calls until the caller has ended.
  func serve() {
    var programs: [UInt: SandboxedProgram] = [:]
    while true {
      let call = wait(for: .call)
      let address = UInt(bitPattern: Int(call.second))
      let program = programs[address] ?? SandboxedProgram.make(creatorAt: address)
      programs[address] = program
      let request = unsafe Array(window.message.prefix(Int(call.first)))
      let (bytes, elementBytes) = program.answer(request, self)
      guard unsafe SandboxWindow.put(bytes, into: window.message) else { _exit(2) }
      send(SandboxMessage(.answer, bytes.count, elementBytes))
    }
  }

  /// The place of elements in an answer.
  package var elements: UnsafeMutableRawBufferPointer { unsafe window.elements }

  /// Reads bytes of the file of the caller.
  ///
  /// - Parameters:
  ///   - buffer: The memory to fill.
  ///   - offset: The position of the first byte.
  /// - Returns: Why the caller refuses, or `nil`.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> String? {
    var done = 0
    while done < buffer.count {
      let count = min(buffer.count - done, SandboxWindow.fileBytes)
      send(SandboxMessage(.need, offset + done, count))
      let reply = wait(for: .bytes, .refusal)
      guard reply.kind == SandboxMessage.Kind.bytes.rawValue else {
        return unsafe String(decoding: window.file.prefix(Int(reply.first)), as: UTF8.self)
      }
      unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: window.file[..<count]))
      done += count
    }
    return nil
  }

  /// Reads the whole file of the caller in parts.
  ///
  /// - Parameter count: The size of the file.
  /// - Returns: A function that makes the next part, which is valid until the next call; `nil` at
  ///   the end, or if the caller refuses. The caller provides a part while the one before is used.
  package func parts(of count: Int) -> () -> UnsafeRawBufferPointer? {
    let size = SandboxWindow.fileBytes / 2
    var (asked, used) = (0, 0)
    func ask() {
      let part = min(size, count - asked)
      guard part > 0 else { return }
      send(SandboxMessage(.need, asked, part, asked / size % 2 * size))
      asked += part
    }
    ask()
    return {
      guard used < count else { return nil }
      let reply = self.wait(for: .bytes, .refusal)
      guard reply.kind == SandboxMessage.Kind.bytes.rawValue else { return nil }
      let start = used / size % 2 * size
      let part = unsafe UnsafeRawBufferPointer(
        rebasing: self.window.file[start..<start + min(size, count - used)])
      used += part.count
      ask()
      return unsafe part
    }
  }

  private func send(_ message: SandboxMessage) {
    guard message.send(to: Self.socket) else { _exit(0) }
  }

  private func wait(for kinds: SandboxMessage.Kind...) -> SandboxMessage {
    while true {
      switch SandboxMessage.receive(from: Self.socket) {
      case .message(let message) where kinds.contains { $0.rawValue == message.kind }:
        return message
      // A part of the file that the library did not need after all.
      case .message(let message)
      where kinds.contains(.call) && message.kind != SandboxMessage.Kind.call.rawValue:
        continue
      case .nothingYet: continue
      default: _exit(0)
      }
    }
  }
}
