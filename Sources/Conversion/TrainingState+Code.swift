import Checkpoints
import Inspection
import JSON

extension TrainingState {
  /// Code, or a class of a module outside of Keras, in the settings and texts of the run, such as
  /// a `Lambda` in the description of its model; `nil` if there is none.
  var code: Suspicion? {
    let texts = dataRecords + environment.values
    let places: [(String, JSON)] = [
      ("config_json", .object(settings)), ("values_json", .object(values)),
      ("changes_json", .array(changes.map(\.json))), ("texts", .array(texts.map(JSON.string))),
    ]
    return places.lazy.flatMap { $1.suspicions(in: $0) }.first {
      $0.isDangerous && [.code, .module].contains($0.kind)
    }
  }
}
