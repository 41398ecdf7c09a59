import Checkpoints
import Inspection

/// A file that holds no run, at the path that a run was to be saved to.
struct ForeignFile {
  /// What it is, such as "a PNG picture".
  let kind: String

  /// Whether a run can begin with its weights.
  let holdsWeights: Bool

  /// Finds out what a file is; `nil` if it holds a run, or cannot be told.
  init?(_ path: String) {
    do throws(InspectionError) {
      let report = try Inspector(opening: path).report
      guard report.training == nil else { return nil }
      holdsWeights = report.model != nil
      switch report.kind {
      case .cairn: kind = "weights of Cairn without a run"
      case .hdf5: kind = "an HDF5 file without a model"
      case .kerasModel, .kerasArchive: kind = "a \(report.kind)"
      case .kerasWeights, .kerasLegacyWeights, .kerasShards: kind = "\(report.kind)"
      }
    } catch {
      guard case .otherFile(_, let kind) = error else { return nil }
      self.kind = kind
      holdsWeights = false
    }
  }

  /// What to do, the way that keeps the file first.
  func hint(_ path: String) -> String {
    (holdsWeights ? "--resume '\(path)' --save OTHER begins a run with its weights; " : "")
      + "choose another --save; '--resume never --overwrite' destroys '\(path)'"
  }
}
