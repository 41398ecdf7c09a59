/// A part of a file that a model does not need, and that could hurt a program that trusts the file.
///
/// Cairn ignores or refuses all of them, and never carries them over into another file.
///
/// See ``Suspicions`` for an example.
public struct Suspicion: Hashable, Sendable {
  /// The kind of the part.
  public enum Kind: String, Hashable, Sendable {
    /// Code: a `Lambda` layer, a pickled or marshalled object, a layer that loads a program.
    case code
    /// A class or function of a module outside of Keras, which Keras would import.
    case module
    /// A class or function that the user must define.
    case custom
    /// The path or address of another file, as an option of a layer.
    case path
    /// Elements that are stored in another file.
    case externalStorage = "external_storage"
    /// A dataset that is put together from others.
    case virtualDataset = "virtual_dataset"
    /// A link to an object in another file, or of a kind that users define.
    case externalLink = "external_link"
    /// A link to a path in the same file.
    case softLink = "soft_link"
    /// A dataset that declares far more elements than are stored.
    case shapeBomb = "shape_bomb"
    /// A model that would need more memory or time than any known model does, or has more weights
    /// than its file can contain.
    case modelBomb = "model_bomb"
    /// Members of an archive that are far larger than what is stored.
    case archiveBomb = "archive_bomb"
    /// A filter other than those of Keras.
    case filter
    /// A name that is a path, or has control characters.
    case name
    /// Members of an archive with the same name.
    case duplicateMember = "duplicate_member"
    /// A part that could not be read, so that it is not known what is in it.
    case unread
  }

  /// The kind.
  public let kind: Kind

  /// The object, layer or member.
  public let place: String

  /// What is suspicious, as a phrase that follows the place and a colon.
  public let reason: String

  /// Whether opening the file in Keras, or making objects of the settings of its run as Keras
  /// would, can run code, read another file or exhaust memory.
  public let isDangerous: Bool

  init(_ kind: Kind, _ place: String, _ reason: String, isDangerous: Bool = true) {
    self.kind = kind
    self.place = place
    self.reason = reason
    self.isDangerous = isDangerous
  }
}

extension Suspicion: CustomStringConvertible {
  /// The place and the reason.
  public var description: String { "\(place): \(reason)" }
}
