package import Sandbox

extension Member: Transferable {
  package func write(to message: inout MessageWriter) {
    message.write(name)
    message.write(kind)
    message.write(address) { $0.write($1) }
    message.write(linkCount)
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    self.init(
      name: try message.readString(), kind: try message.read(),
      address: try message.readOptional { (m) throws(SandboxError) in try m.read(UInt64.self) },
      linkCount: try message.readSize())
  }
}

extension Member.Kind: Transferable {
  package func write(to message: inout MessageWriter) {
    switch self {
    case .group: message.write(0)
    case .dataset: message.write(1)
    case .namedDatatype: message.write(2)
    case .softLink(let target):
      message.write(3)
      message.write(target)
    case .externalLink(let file, let target):
      message.write(4)
      message.write(file)
      message.write(target)
    case .other: message.write(5)
    case .unopened(let reason):
      message.write(6)
      message.write(reason)
    case .unreadable(let reason):
      message.write(7)
      message.write(reason)
    }
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    switch try message.readInt() {
    case 0: self = .group
    case 1: self = .dataset
    case 2: self = .namedDatatype
    case 3: self = .softLink(target: try message.readString())
    case 4:
      self = .externalLink(file: try message.readString(), target: try message.readString())
    case 5: self = .other
    case 6: self = .unopened(try message.readString())
    case 7: self = .unreadable(try message.readString())
    default: throw .malformed
    }
  }
}
