/// What a data source contains, as far as it is known without decoding it.
///
/// ```swift
/// let outline = try DataSource(opening: folder).outline
/// print(outline.form, outline.height, outline.width, outline.channels)  // idx 28 28 1
/// print(outline.counts[.train] ?? 0, "training images take", outline.byteCount, "bytes")
/// ```
public struct DataOutline: Equatable, Sendable {
  /// The form of the source.
  public let form: Form

  /// The number of images of each set, before bad files are skipped.
  public let counts: [DataPart: Int]

  /// The height of each image, in pixels.
  public let height: Int

  /// The width of each image, in pixels.
  public let width: Int

  /// The number of channels of each image.
  public let channels: Int

  /// Whether the pixels are floats instead of bytes.
  public let isFloat: Bool

  /// Whether pictures are decoded whenever they are needed.
  public let isOnDemand: Bool

  /// The names of the classes by number; `nil` if the source has none.
  public let classNames: [String]?

  /// The number of bytes that the pixels will take in memory; `Int.max` if it is larger, because
  /// a header can declare anything.
  public var byteCount: Int {
    guard !isOnDemand else { return 0 }
    return [height, width, channels, isFloat ? 4 : 1].reduce(counts.values.reduce(0, +)) {
      let (product, overflow) = $0.multipliedReportingOverflow(by: $1)
      return overflow ? .max : product
    }
  }

  /// The form of a data source.
  public enum Form: Equatable, Sendable {
    /// A folder with IDX files.
    case idx
    /// A folder of pictures.
    case pictures
    /// Arrays in a NumPy archive.
    case npz
    /// Arrays in an HDF5 file.
    case hdf5
  }
}
