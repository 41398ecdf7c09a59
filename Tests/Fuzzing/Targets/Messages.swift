import HDF5
import Sandbox

extension FuzzTarget {
  /// Values in the messages between a process and its sandboxed process.
  ///
  /// The first byte chooses the type.
  static let messages = FuzzTarget("messages") { input in
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    switch first {
    case 0: check(AttributeValue.self, bytes)
    case 1: check(ElementType.self, bytes)
    case 2: check(Layout.self, bytes)
    case 3: check(Filter.self, bytes)
    case 4: check([Member].self, bytes)
    case 5: check(HDF5Error.self, bytes)
    case 6: check([String].self, bytes)
    case 7: check([Range<Int>].self, bytes)
    default: break
    }
  }

  private static func check<Value: Transferable>(_ type: Value.Type, _ bytes: [UInt8]) {
    var message = MessageReader(bytes)
    guard let value: Value = try? message.read() else { return }
    let written = encoded(value)
    var second = MessageReader(written)
    guard let again: Value = try? second.read() else { fatalError("\(value) cannot be sent") }
    expect(encoded(again) == written, "\(value) changes when it is sent")
  }

  private static func encoded(_ value: some Transferable) -> [UInt8] {
    var message = MessageWriter()
    message.write(value)
    return message.bytes
  }
}
