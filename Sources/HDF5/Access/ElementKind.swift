internal import CHDF5
import Preconditions

/// The type in memory of the elements that are read.
enum ElementKind: Int {
  case float
  case double
  case int64
  case uint64
  case int32
  case uint8
  /// As the file has them.
  case stored

  /// The kind of a type.
  init<Element: DatasetElement>(_ type: Element.Type) {
    switch type {
    case is Float.Type: self = .float
    case is Double.Type: self = .double
    case is Int64.Type: self = .int64
    case is UInt64.Type: self = .uint64
    case is Int32.Type: self = .int32
    case is UInt8.Type: self = .uint8
    default: fail("Internal error: \(type) is not a number type of HDF5.")
    }
  }

  /// The type in Swift; `nil` for ``stored``.
  private var type: (any DatasetElement.Type)? {
    switch self {
    case .float: Float.self
    case .double: Double.self
    case .int64: Int64.self
    case .uint64: UInt64.self
    case .int32: Int32.self
    case .uint8: UInt8.self
    case .stored: nil
    }
  }

  /// The type of equal elements in a file; `nil` for ``stored``.
  var elementType: ElementType? { type?.elementType }

  /// The size of an element in bytes; `nil` for ``stored``.
  var size: Int? {
    switch self {
    case .float, .int32: 4
    case .double, .int64, .uint64: 8
    case .uint8: 1
    case .stored: nil
    }
  }

  /// Whether the memory has the byte order of ``elementType``.
  var isNative: Bool { UInt16(1).littleEndian == 1 }

  /// libhdf5's type in memory; `nil` for ``stored``.
  var native: hid_t? {
    switch self {
    case .float: chdf5_native_float()
    case .double: chdf5_native_double()
    case .int64: chdf5_native_int64()
    case .uint64: chdf5_native_uint64()
    case .int32: chdf5_native_int32()
    case .uint8: chdf5_native_uint8()
    case .stored: nil
    }
  }
}
