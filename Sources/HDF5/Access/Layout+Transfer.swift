package import Sandbox

extension Layout: Transferable {
  package func write(to message: inout MessageWriter) {
    switch self {
    case .compact: message.write(0)
    case .contiguous: message.write(1)
    case .chunked(let shape):
      message.write(2)
      message.write(shape) { $0.write($1) }
    case .virtual: message.write(3)
    case .external: message.write(4)
    case .unknown: message.write(5)
    }
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    switch try message.readInt() {
    case 0: self = .compact
    case 1: self = .contiguous
    case 2:
      self = .chunked(try message.readList { (m) throws(SandboxError) in try m.readSize() })
    case 3: self = .virtual
    case 4: self = .external
    case 5: self = .unknown
    default: throw .malformed
    }
  }
}

extension Filter: Transferable {
  package func write(to message: inout MessageWriter) {
    message.write(identifier)
    message.write(name)
    message.write(parameters) { $0.write($1) }
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    self.init(
      identifier: try message.readInt(), name: try message.readString(),
      parameters: try message.readList { (m) throws(SandboxError) in try m.readInt() })
  }
}

extension Range<Int>: Transferable {
  package func write(to message: inout MessageWriter) {
    message.write(lowerBound)
    message.write(upperBound)
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    let (start, end) = (try message.readSize(), try message.readSize())
    guard start <= end else { throw .malformed }
    self = start..<end
  }
}
