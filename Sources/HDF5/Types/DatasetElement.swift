import Preconditions
internal import CHDF5

/// A number type that datasets can be read as and written from.
///
/// Other types must not conform: ``Dataset`` supports only the conforming types of this module.
public protocol DatasetElement: BitwiseCopyable, Sendable {
  /// The type of the elements in the files that this module writes.
  static var elementType: ElementType { get }
}

extension Float: DatasetElement {
  /// Little-endian 32-bit IEEE 754.
  public static var elementType: ElementType { .float32() }
}

extension Double: DatasetElement {
  /// Little-endian 64-bit IEEE 754.
  public static var elementType: ElementType { .float64() }
}

extension Int64: DatasetElement {
  /// Little-endian 64-bit signed integer.
  public static var elementType: ElementType { .integer(bits: 64, signed: true) }
}

extension UInt64: DatasetElement {
  /// Little-endian 64-bit unsigned integer.
  public static var elementType: ElementType { .integer(bits: 64, signed: false) }
}

extension Int32: DatasetElement {
  /// Little-endian 32-bit signed integer.
  public static var elementType: ElementType { .integer(bits: 32, signed: true) }
}

extension UInt8: DatasetElement {
  /// 8-bit unsigned integer.
  public static var elementType: ElementType { .integer(bits: 8, signed: false) }
}

/// The datatypes of libhdf5 for a ``DatasetElement``.
struct NumericTypes {
  /// The type of the values in memory.
  let native: hid_t
  /// The type of the elements in files that this module writes.
  let stored: hid_t

  init<Element: DatasetElement>(_ type: Element.Type) {
    (native, stored) =
      switch type {
      case is Float.Type: (chdf5_native_float(), chdf5_float32_le())
      case is Double.Type: (chdf5_native_double(), chdf5_float64_le())
      case is Int64.Type: (chdf5_native_int64(), chdf5_int64_le())
      case is UInt64.Type: (chdf5_native_uint64(), chdf5_uint64_le())
      case is Int32.Type: (chdf5_native_int32(), chdf5_int32_le())
      case is UInt8.Type: (chdf5_native_uint8(), chdf5_uint8_le())
      default: fail("Internal error: \(type) is not a number type of HDF5.")
      }
  }
}
