import Files
import NeuralNetwork
import Tensors
import Zip

/// A NumPy archive (`.npz`): weights under the names of layers and variables, such as
/// `conv1/kernel`, and the architecture as Keras's `config.json`.
package enum NPZFormat: WritableModelFormat {
  package static var holdsOptimizer: Bool { false }

  package static func losses(of contents: ModelContents) -> [String] {
    contents.lostInExports
      + (contents.pictures == nil ? [] : ["the preparation of pictures and the names of classes"])
  }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    var archive = ZipWriter()
    var bytes: [UInt8] = []
    func add(_ name: String, _ content: [UInt8]) throws(CheckpointError) {
      bytes += try converting { () throws(ZipError) in
        try unsafe content.span.bytes.withUnsafeBytes { content throws(ZipError) in
          try unsafe archive.header(of: name, content: content)
        }
      }
      bytes += content
    }
    try add("config.json", Array(try contents.archiveConfig().utf8))
    let tensors = contents.namedTensors
    for (name, variable) in zip(tensors.map(\.name).unique, tensors.map(\.variable)) {
      // The names of models in models add up.
      guard name.utf8.count + ".npy".utf8.count <= Int(UInt16.max) else {
        throw .unsupportedModel(
          "the name of a variable has \(name.utf8.count) bytes, which is too long for an archive")
      }
      let values = try variable.value().scalars
      let elements =
        variable.isInteger
        ? values.map { Int64($0) }.littleEndianBytes : values.littleEndianBytes
      let header = npyHeader(
        type: variable.isInteger ? "<i8" : "<f4", shape: variable.shape.dimensions)
      try add("\(name).npy", header + elements)
    }
    return .bytes(bytes + archive.directory())
  }

  /// The header of an `.npy` file of version 1.0.
  private static func npyHeader(type: String, shape: [Int]) -> [UInt8] {
    // A tuple of Python.
    let extents = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
    // The elements begin at a multiple of 64.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + UInt16(text.utf8.count).littleEndianBytes
      + Array(text.utf8)
  }
}
