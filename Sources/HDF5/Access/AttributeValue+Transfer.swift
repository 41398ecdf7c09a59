package import Sandbox

extension AttributeValue: Transferable {
  package func write(to message: inout MessageWriter) {
    switch self {
    case .string(let value):
      message.write(0)
      message.write(value)
    case .strings(let values):
      message.write(1)
      message.write(values)
    case .int(let value):
      message.write(2)
      message.write(value)
    case .ints(let values):
      message.write(3)
      message.write(values) { $0.write($1) }
    case .uint(let value):
      message.write(4)
      message.write(value)
    case .uints(let values):
      message.write(5)
      message.write(values) { $0.write($1) }
    case .double(let value):
      message.write(6)
      message.write(value)
    case .doubles(let values):
      message.write(7)
      message.write(values) { $0.write($1) }
    case .empty: message.write(8)
    case .other(let words):
      message.write(9)
      message.write(words)
    }
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    switch try message.readInt() {
    case 0: self = .string(try message.readString())
    case 1: self = .strings(try message.read())
    case 2: self = .int(try message.read(Int64.self))
    case 3:
      self = .ints(try message.readList { (m) throws(SandboxError) in try m.read(Int64.self) })
    case 4: self = .uint(try message.read(UInt64.self))
    case 5:
      self = .uints(try message.readList { (m) throws(SandboxError) in try m.read(UInt64.self) })
    case 6: self = .double(try message.readDouble())
    case 7:
      self = .doubles(try message.readList { (m) throws(SandboxError) in try m.readDouble() })
    case 8: self = .empty
    case 9: self = .other(try message.readString())
    default: throw .malformed
    }
  }
}
