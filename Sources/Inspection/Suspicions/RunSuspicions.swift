public import Checkpoints
import JSON

extension TrainingState {
  /// Code, and classes of modules outside of Keras, in the settings, values and texts of the run,
  /// such as a `Lambda` in the description of its model.
  ///
  /// Keras does not read a run, but whoever makes objects of its settings as Keras does runs them.
  public var suspicions: [Suspicion] {
    let parts: [(name: String, content: JSON)] = [
      ("config_json", .object(settings)), ("values_json", .object(values)),
      ("changes_json", .array(changes.map(\.json))),
      ("dataset/records", .array(dataRecords.map(JSON.string))),
      ("environment", .array(environment.sorted { $0.key < $1.key }.map { .string($0.value) })),
    ]
    return parts.flatMap { name, content in
      let path = "/training_state/\(name)"
      return content.suspicions(in: path).filter {
        $0.isDangerous && [.code, .module].contains($0.kind)
      }.map {
        // The place of a layer is its name.
        $0.place == path ? $0 : Suspicion($0.kind, path, "\($0.place) \($0.reason)")
      }
    }
  }
}
