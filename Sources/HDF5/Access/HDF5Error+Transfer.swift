package import Sandbox

extension HDF5Error: Transferable {
  package func write(to message: inout MessageWriter) {
    message.write(operation.rawValue)
    message.write(file) { $0.write($1) }
    message.write(object) { $0.write($1) }
    message.write(cause)
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    guard let operation = Operation(rawValue: try message.readString()) else { throw .malformed }
    self.init(
      operation: operation,
      file: try message.readOptional { (m) throws(SandboxError) in try m.readString() },
      object: try message.readOptional { (m) throws(SandboxError) in try m.readString() },
      cause: try message.read())
  }
}

extension HDF5Error.Cause: Transferable {
  package func write(to message: inout MessageWriter) {
    switch self {
    case .fileNotFound(let reason): message.write(0, reason)
    case .fileUnreadable(let reason): message.write(1, reason)
    case .emptyFile: message.write(2)
    case .notHDF5: message.write(3)
    case .truncated(let bytes, let expected):
      message.write(4)
      message.write(bytes)
      message.write(expected) { $0.write($1) }
    case .damaged(let reason): message.write(5, reason)
    case .objectNotFound: message.write(6)
    case .linkNotFollowed(let kind):
      message.write(7)
      message.write(kind)
    case .mismatch(let expected, let found):
      message.write(8, expected)
      message.write(found)
    case .notAllowed(let reason): message.write(9, reason)
    case .tooLarge(let reason): message.write(10, reason)
    case .outOfBounds(let reason): message.write(11, reason)
    case .invalidValue(let reason): message.write(12, reason)
    case .library(let reason): message.write(13, reason)
    }
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    switch try message.readInt() {
    case 0: self = .fileNotFound(try message.readString())
    case 1: self = .fileUnreadable(try message.readString())
    case 2: self = .emptyFile
    case 3: self = .notHDF5
    case 4:
      self = .truncated(
        bytes: try message.readSize(),
        expected: try message.readOptional { (m) throws(SandboxError) in try m.readSize() })
    case 5: self = .damaged(try message.readString())
    case 6: self = .objectNotFound
    case 7: self = .linkNotFollowed(try message.read())
    case 8:
      self = .mismatch(expected: try message.readString(), found: try message.readString())
    case 9: self = .notAllowed(try message.readString())
    case 10: self = .tooLarge(try message.readString())
    case 11: self = .outOfBounds(try message.readString())
    case 12: self = .invalidValue(try message.readString())
    case 13: self = .library(try message.readString())
    default: throw .malformed
    }
  }
}

extension MessageWriter {
  fileprivate mutating func write(_ number: Int, _ reason: String) {
    write(number)
    write(reason)
  }
}
