import Files
import JSON
import Tensors

/// Builds a safetensors file in memory.
struct SafetensorsWriter {
  private var entries: [(name: String, type: SafetensorsType, shape: [Int], bytes: [UInt8])] = []

  /// Adds a tensor of 32-bit floats.
  ///
  /// - Parameters:
  ///   - name: A name that no other tensor has.
  ///   - shape: Its shape.
  ///   - values: The elements in row-major order.
  mutating func add(_ name: String, shape: [Int], _ values: [Float]) {
    entries.append((name, .float32, shape, values.littleEndianBytes))
  }

  /// Adds a tensor of 64-bit integers.
  mutating func add(_ name: String, shape: [Int], _ values: [Int64]) {
    entries.append((name, .int64, shape, values.littleEndianBytes))
  }

  /// Adds the value of a variable.
  ///
  /// - Throws: ``CheckpointError`` if it cannot be read.
  mutating func add(_ name: String, _ variable: VariableContents) throws(CheckpointError) {
    let (values, shape) = (try variable.value().scalars, variable.shape.dimensions)
    if variable.isInteger {
      add(name, shape: shape, values.map { Int64($0) })
    } else {
      add(name, shape: shape, values)
    }
  }

  /// Completes the file.
  ///
  /// - Parameter metadata: The texts of `__metadata__`.
  /// - Returns: The bytes of the file.
  consuming func finish(metadata: [String: String]) -> [UInt8] {
    // As the reference implementation has it: larger elements first, so that all are aligned.
    entries.sort { ($1.type.size, $0.name) < ($0.type.size, $1.name) }
    var header: JSON.Object = [
      "__metadata__": .object(JSON.Object(metadata.mapValues(JSON.string)).sortingKeys())
    ]
    var end = 0
    for entry in entries {
      let range = end..<end + entry.bytes.count
      end = range.upperBound
      header[entry.name] = .object([
        "dtype": .string(entry.type.rawValue), "shape": .array(entry.shape.map(JSON.integer)),
        "data_offsets": .array([.integer(range.lowerBound), .integer(range.upperBound)]),
      ])
    }
    var text = Array(JSON.object(header).text(.compact).utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    var bytes = UInt64(text.count).littleEndianBytes
    bytes.reserveCapacity(8 + text.count + end)
    bytes += text
    for entry in entries { bytes += entry.bytes }
    return bytes
  }
}

extension Array where Element: BitwiseCopyable {
  /// The bytes of the elements, as they are in memory.
  ///
  /// All machines that this package supports store the least significant byte first.
  var littleEndianBytes: [UInt8] { unsafe withUnsafeBytes { unsafe [UInt8]($0) } }
}
