import Checkpoints
import Inspection

/// A file at the path of `--save` that does not contain a training run.
struct ForeignFile {
  /// A description of the file, such as "a PNG image".
  let kind: String

  /// Whether a new run can start from its weights.
  let holdsWeights: Bool

  /// Identifies a file; `nil` if it contains a training run or its kind is unknown.
  init?(_ path: String) {
    do throws(InspectionError) {
      let report = try Inspector(opening: path).report
      guard report.training == nil else { return nil }
      holdsWeights = report.model != nil
      switch report.kind {
      case .cairn: kind = "weights of Cairn without a run"
      case .hdf5: kind = "an HDF5 file without a model"
      case .kerasModel, .kerasArchive, .safetensors: kind = "a \(report.kind)"
      case .kerasWeights, .kerasLegacyWeights, .kerasShards: kind = "\(report.kind)"
      }
    } catch {
      guard case .otherFile(_, let kind) = error else { return nil }
      self.kind = kind
      holdsWeights = false
    }
  }

  /// A hint that lists the ways to continue, those that keep the file first.
  func hint(_ path: String) -> String {
    (holdsWeights ? "--resume '\(path)' --save OTHER begins a run with its weights; " : "")
      + "choose another --save; '--resume never --overwrite' destroys '\(path)'"
  }
}
