import Checkpoints
import HDF5
import JSON
import ModelFiles

extension Inspector {
  /// Lists everything suspicious in the file.
  ///
  /// Nothing that it names is opened or run.
  ///
  /// - Returns: The suspicious parts; their list is empty for files of Cairn and of Keras.
  public func suspicions() -> Suspicions {
    guard checkpoint.format != .safetensors else { return Suspicions([]) }
    var found = archiveSuspicions
    do throws(CheckpointError) {
      let config = try checkpoint.modelConfig()
      found += config?.suspicions() ?? []
      if let excess = checkpoint.excessOfModel() {
        found.append(Suspicion(.modelBomb, "the configuration", "\(excess)"))
      } else {
        found += config?.sizeSuspicions ?? []
      }
      let compileConfig = try checkpoint.compileConfig()
      found += compileConfig?.metricSuspicions ?? []
      // In an archive, it is a part of the other.
      if checkpoint.format == .hdf5 { found += compileConfig?.suspicions() ?? [] }
    } catch {
      found.append(Suspicion(.unread, "the configuration", Self.reason(error)))
    }
    found += report.training?.suspicions ?? []
    do throws(InspectionError) {
      let objects = try objects()
      found += objects.linkSuspicions + objects.storageSuspicions + objects.nameSuspicions
      found += objects.attributeSuspicions
      if let omission = objects.omission { found.append(Suspicion(.unread, "/", omission)) }
    } catch {
      found.append(Suspicion(.unread, "/", "\(error)"))
    }
    return Suspicions(found)
  }

  /// The cause of an error, without the name of the file.
  private static func reason(_ error: CheckpointError) -> String {
    if case .model(_, let cause) = error { return "\(cause)" }
    return "\(error)"
  }
}
