package import Sandbox

extension ElementType: Transferable {
  package func write(to message: inout MessageWriter) {
    switch self {
    case .float16(let order): message.write(0, order)
    case .bfloat16(let order): message.write(1, order)
    case .float32(let order): message.write(2, order)
    case .float64(let order): message.write(3, order)
    case .integer(let bits, let signed, let order):
      message.write(4, order)
      message.write(bits)
      message.write(signed)
    case .enumeration(let bits, let signed, let names):
      message.write(5)
      message.write(bits)
      message.write(signed)
      message.write(names)
    case .fixedString(let bytes, let characterSet, let padding):
      message.write(6, characterSet, padding)
      message.write(bytes)
    case .variableString(let characterSet, let padding):
      message.write(7, characterSet, padding)
    case .opaque(let bytes, let tag):
      message.write(8)
      message.write(bytes)
      message.write(tag)
    case .other(let words):
      message.write(9)
      message.write(words)
    }
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    switch try message.readInt() {
    case 0: self = .float16(try message.readByteOrder())
    case 1: self = .bfloat16(try message.readByteOrder())
    case 2: self = .float32(try message.readByteOrder())
    case 3: self = .float64(try message.readByteOrder())
    case 4:
      let order = try message.readByteOrder()
      self = .integer(bits: try message.readSize(), signed: try message.readBool(), order)
    case 5:
      self = .enumeration(
        bits: try message.readSize(), signed: try message.readBool(), names: try message.read())
    case 6:
      let (characterSet, padding) = (try message.readCharacterSet(), try message.readPadding())
      self = .fixedString(bytes: try message.readSize(), characterSet, padding)
    case 7: self = .variableString(try message.readCharacterSet(), try message.readPadding())
    case 8: self = .opaque(bytes: try message.readSize(), tag: try message.readString())
    case 9: self = .other(try message.readString())
    default: throw .malformed
    }
  }
}

extension MessageWriter {
  fileprivate mutating func write(_ number: Int, _ order: ElementType.ByteOrder) {
    write(number)
    write(order == .bigEndian)
  }

  fileprivate mutating func write(
    _ number: Int, _ characterSet: ElementType.CharacterSet, _ padding: ElementType.Padding
  ) {
    write(number)
    write(characterSet == .utf8)
    switch padding {
    case .nullTerminated: write(0)
    case .nullPadded: write(1)
    case .spacePadded: write(2)
    }
  }
}

extension MessageReader {
  fileprivate mutating func readByteOrder() throws(SandboxError) -> ElementType.ByteOrder {
    try readBool() ? .bigEndian : .littleEndian
  }

  fileprivate mutating func readCharacterSet() throws(SandboxError) -> ElementType.CharacterSet {
    try readBool() ? .utf8 : .ascii
  }

  fileprivate mutating func readPadding() throws(SandboxError) -> ElementType.Padding {
    switch try readInt() {
    case 0: .nullTerminated
    case 1: .nullPadded
    case 2: .spacePadded
    default: throw .malformed
    }
  }
}
