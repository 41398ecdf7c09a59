import Protobuf

/// A decoder of ONNX files for the tests: only what they look at.
struct DecodedModel {
  struct Node {
    var (type, name) = ("", "")
    var (inputs, outputs): ([String], [String]) = ([], [])
  }

  private(set) var nodes: [Node] = []
  private(set) var initializers: [String: [UInt8]] = [:]
  private(set) var (inputs, outputs): ([String], [String]) = ([], [])
  private(set) var metadata: [String: String] = [:]

  /// The texts of the attributes of all nodes.
  private(set) var texts: [String] = []

  /// The names of the extents of batches between the nodes, in their alphabetical order.
  private(set) var batches: [String] = []

  /// The names of the free extents of each input and output of the model.
  private(set) var parameters: [[String]] = []

  /// The operators of the nodes in their order.
  var operators: [String] { nodes.map(\.type) }

  init?(_ bytes: [UInt8]) {
    var isValid = true
    func forEachField(
      _ bytes: ArraySlice<UInt8>, _ body: (Int, MessageReader.Value) -> Void
    ) {
      var reader = MessageReader(bytes)
      while let (field, value) = reader.next() { body(field, value) }
      if !reader.isValid { isValid = false }
    }
    func text(_ value: MessageReader.Value) -> String {
      guard case .bytes(let bytes) = value else { return "" }
      return String(decoding: bytes, as: UTF8.self)
    }
    func name(of message: ArraySlice<UInt8>) -> String {
      var name = ""
      forEachField(message) { field, value in if field == 1 { name = text(value) } }
      return name
    }
    func strings(ofAttribute value: MessageReader.Value) -> [String] {
      guard case .bytes(let message) = value else { return [] }
      var strings: [String] = []
      forEachField(message) { field, value in
        if field == 4 || field == 9 { strings.append(text(value)) }
      }
      return strings
    }
    func freeExtents(of info: ArraySlice<UInt8>) -> [String] {
      var names: [String] = []
      // TypeProto, its Tensor, TensorShapeProto, its dimensions and their names.
      func visit(_ message: ArraySlice<UInt8>, _ path: ArraySlice<Int>) {
        forEachField(message) { field, value in
          guard field == path.first, case .bytes(let inner) = value else { return }
          if path.count == 1 {
            names.append(String(decoding: inner, as: UTF8.self))
          } else {
            visit(inner, path.dropFirst())
          }
        }
      }
      visit(info, [2, 1, 2, 1, 2])
      return names
    }
    forEachField(bytes[...]) { field, value in
      guard case .bytes(let message) = value else { return }
      if field == 14 {
        var entry = ("", "")
        forEachField(message) { field, value in
          if field == 1 { entry.0 = text(value) } else { entry.1 = text(value) }
        }
        metadata[entry.0] = entry.1
      }
      guard field == 7 else { return }
      forEachField(message) { field, value in
        guard case .bytes(let message) = value else { return }
        switch field {
        case 1:
          var node = Node()
          forEachField(message) { field, value in
            switch field {
            case 1: node.inputs.append(text(value))
            case 2: node.outputs.append(text(value))
            case 3: node.name = text(value)
            case 4: node.type = text(value)
            case 5: texts += strings(ofAttribute: value)
            default: break
            }
          }
          nodes.append(node)
        case 5:
          var (name, data) = ("", [UInt8]())
          forEachField(message) { field, value in
            if field == 8 { name = text(value) }
            if field == 9, case .bytes(let bytes) = value { data = Array(bytes) }
          }
          initializers[name] = data
        case 11:
          inputs.append(name(of: message))
          parameters.insert(freeExtents(of: message), at: inputs.count - 1)
        case 12:
          outputs.append(name(of: message))
          parameters.append(freeExtents(of: message))
        case 13: batches += freeExtents(of: message).prefix(1)
        default: break
        }
      }
    }
    guard isValid else { return nil }
    batches = Set(batches).sorted()
  }
}
