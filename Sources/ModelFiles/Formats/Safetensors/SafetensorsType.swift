import HDF5

/// A type of elements in safetensors files.
enum SafetensorsType: String {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case uint16 = "U16"
  case int16 = "I16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case uint32 = "U32"
  case int32 = "I32"
  case float32 = "F32"
  case uint64 = "U64"
  case int64 = "I64"
  case float64 = "F64"

  /// The type in HDF5.
  var elementType: ElementType {
    switch self {
    case .bool, .uint8, .uint16, .uint32, .uint64: .integer(bits: 8 * size, signed: false)
    case .int8, .int16, .int32, .int64: .integer(bits: 8 * size, signed: true)
    case .float16: .float16()
    case .bfloat16: .bfloat16()
    case .float32: .float32()
    case .float64: .float64()
    }
  }

  /// The size of an element in bytes.
  var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }
}
