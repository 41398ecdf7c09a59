import Files
public import Images

/// Facts about a model that the user gives; they override its file.
///
/// `nil` means that the file decides, or else an assumption.
///
/// ```swift
/// var options = ClassifierOptions()
/// options.classNames = "zero one two three four five six seven eight nine".split(separator: " ")
///   .map(String.init)
/// let classifier = try Classifier(loading: model, options: options)
/// let prediction = try classifier(picture)
/// print(prediction.name(of: prediction.label) ?? "")  // seven
/// ```
public struct ClassifierOptions: Equatable, Sendable {
  /// The pixel value range of the input.
  public var range: PixelRange?

  /// The names of the classes, in the order of the model's outputs; two for a single sigmoid.
  public var classNames: [String]?

  /// The size of the input, for a model that takes pictures of any size.
  public var size: Size?

  /// The colour to which pictures are converted; gray is repeated in each channel.
  public var color: PicturePreparation.Color?

  /// What happens to a picture of another aspect ratio than the input.
  public var fit: PicturePreparation.Fit?

  /// Whether every picture gets an answer, even if the model rejects it.
  public var acceptsAll = false

  /// Creates options of which none is set.
  public init() {}

  /// A size in pixels.
  public struct Size: Equatable, Sendable, CustomStringConvertible {
    /// The width, at least 1.
    public var width: Int

    /// The height, at least 1.
    public var height: Int

    /// Creates a size.
    ///
    /// - Parameters:
    ///   - width: The width in pixels, at least 1.
    ///   - height: The height in pixels, at least 1.
    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// The size as text, such as `64 x 48`.
    public var description: String { "\(width) x \(height)" }
  }

  /// Reads the names of classes from a text file with one name on each line.
  ///
  /// - Parameter path: A file in UTF-8, of at most 1 MiB.
  /// - Returns: The names.
  /// - Throws: ``InferenceError/classNames(path:_:)`` if the file cannot be read, or is no list of
  ///   different names without control characters.
  public static func classNames(contentsOf path: String) throws(InferenceError) -> [String] {
    do throws(NameList.Problem) { return try NameList.read(path) } catch {
      throw .classNames(
        path: path, error.isUnreadable ? .unreadable(error.reason) : .invalid(error.reason))
    }
  }
}

/// A reason why the names of classes cannot be read from a file.
///
/// See ``InferenceError`` for an example.
public enum ClassNamesProblem: Error, Equatable, Sendable {
  /// The file is missing or cannot be opened; with the reason.
  case unreadable(String)

  /// The file is no list of names; with the reason.
  case invalid(String)

  /// The reason, as a phrase that follows the file name and a colon.
  public var reason: String {
    switch self {
    case .unreadable(let reason), .invalid(let reason): reason
    }
  }
}
