import HDF5
import JSON

extension ObjectList {
  /// The attributes whose texts are looked at where they are read.
  private static let readElsewhere: Set<String> = [
    "/model_config", "/training_config", "/training_state/config_json",
    "/training_state/values_json", "/training_state/changes_json",
  ]
  /// The groups whose attributes are.
  private static let groupsReadElsewhere: Set<String> = [
    "/training_state/dataset", "/training_state/environment",
  ]

  /// Code in texts of attributes that neither Keras nor Cairn reads, such as the description of
  /// another model.
  ///
  /// It is not dangerous in Keras, but whoever makes objects of such a text runs it.
  var attributeSuspicions: [Suspicion] {
    objects.flatMap { object in
      object.attributes.flatMap { name, value -> [Suspicion] in
        let path = object.path == "/" ? "/\(name)" : "\(object.path)/\(name)"
        guard !Self.readElsewhere.contains(path), !Self.groupsReadElsewhere.contains(object.path)
        else { return [] }
        let place = "the attribute '\(name)' of \(object.path)"
        return value.texts.flatMap { text in
          Self.content(of: text).suspicions(in: place).filter { $0.kind == .code }.map {
            let part = $0.place == place ? "" : "\($0.place) "
            return Suspicion(
              .code, place, "\(part)\($0.reason); Keras does not read it", isDangerous: false)
          }
        }
      }
    }
  }

  /// The value that a text describes, or the text itself.
  private static func content(of text: String) -> JSON {
    guard text.hasPrefix("{") || text.hasPrefix("[") else { return .string(text) }
    return (try? JSON(parsing: text)) ?? .string(text)
  }
}

extension AttributeValue {
  /// The texts of the value.
  fileprivate var texts: [String] {
    switch self {
    case .string(let text): [text]
    case .strings(let texts): texts
    default: []
    }
  }
}
