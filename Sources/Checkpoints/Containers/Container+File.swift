import CheckpointStore
import Files
import HDF5

extension Container {
  /// Opens an HDF5 file, sealed or not.
  init(
    file disk: DiskFile, named path: String, limits: Limits, ignoresSeal: Bool
  ) throws(CheckpointError) {
    let (source, seal) = try Container.source(disk, named: path, ignoresSeal: ignoresSeal)
    let file = try reading { () throws(HDF5Error) in
      try File.open(source, named: path, limits: limits)
    }
    self.init(.file, size: disk.size, [Part(path, file)], seal: seal)
  }

  private static func source(
    _ disk: DiskFile, named path: String, ignoresSeal: Bool
  ) throws(CheckpointError) -> (any FileSource, SealState) {
    let finding: Seal.Finding
    do throws(HDF5Error.Cause) { finding = try Seal.find(inHDF5: disk) } catch {
      throw .file(HDF5Error(operation: .open, file: path, object: nil, cause: error))
    }
    switch finding {
    case .sealed(let seal):
      let state = SealState.sealed(step: seal.step)
      return (ignoresSeal ? disk : SealedFile(disk, seal), state)
    case .unsealed: return (disk, .unsealed)
    case .broken(let reason):
      guard ignoresSeal else { throw .damaged(path: path, reason: reason) }
      return (disk, .broken(reason: reason))
    }
  }
}
