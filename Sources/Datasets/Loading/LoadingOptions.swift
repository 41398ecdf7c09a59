public import Images
public import Sandbox

/// How a source of images is loaded.
///
/// ```swift
/// var options = LoadingOptions()
/// options.size = .init(width: 14, height: 14)
/// options.color = .gray
/// options.skipsBadFiles = true
/// let data = try DataSource(opening: folder, options: options).load()
/// print(data.train.images.shape)  // [count, 14, 14, 1]
/// ```
public struct LoadingOptions: Equatable, Sendable {
  /// The width and height of an image, in pixels.
  public struct Size: Equatable, Sendable {
    /// The width in pixels.
    public var width: Int
    /// The height in pixels.
    public var height: Int

    /// Creates a size.
    ///
    /// - Parameters:
    ///   - width: The width in pixels, at least 1.
    ///   - height: The height in pixels, at least 1.
    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }

  /// Where the pixels of pictures are between two uses.
  public enum Cache: String, CaseIterable, Sendable {
    /// In memory, as bytes.
    case memory
    /// Nowhere: pictures are decoded whenever they are needed, with the same bits.
    case none
  }

  /// The size to which images of bytes are brought; `nil` keeps their own size, which must then be
  /// the same for all.
  public var size: Size?

  /// The size to which pictures in folders are brought if there is no ``size``.
  public var pictureSize: Size?

  /// The colour to which images of bytes are brought.
  ///
  /// `nil` keeps that of arrays; pictures then become gray if the headers of all of them say gray,
  /// and RGB otherwise.
  public var color: PicturePreparation.Color?

  /// What happens to images of another aspect ratio.
  public var fit = PicturePreparation.Fit.crop

  /// Whether files that cannot be used are skipped instead of being an error.
  public var skipsBadFiles = false

  /// Where the pixels of pictures are between two uses; arrays are always in memory.
  public var cache = Cache.memory

  /// The process that decompresses and decodes files; a sandboxed one by default.
  public var reader = Reader.sandboxed

  /// Creates the default options.
  public init() {}
}
