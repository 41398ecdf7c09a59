import HDF5

extension Container {
  /// Opens an HDF5 file, sealed or not.
  init(file path: String, limits: Limits, ignoresSeal: Bool) throws(CheckpointError) {
    let (source, seal, size) = try Container.source(path, ignoresSeal: ignoresSeal)
    let file = try reading { () throws(HDF5Error) in
      try File.open(source, named: path, limits: limits)
    }
    self.init(.file, size: size, [Part(path, file)], seal: seal)
  }

  private static func source(
    _ path: String, ignoresSeal: Bool
  ) throws(CheckpointError) -> (any FileSource, SealState, size: Int) {
    let (disk, finding): (DiskFile, Seal.Finding)
    do throws(HDF5Error.Cause) {
      disk = try DiskFile(path)
      finding = try Seal.find(in: disk)
    } catch {
      throw .file(HDF5Error(operation: .open, file: path, object: nil, cause: error))
    }
    switch finding {
    case .sealed(let seal):
      let state = SealState.sealed(step: seal.step)
      return (ignoresSeal ? disk : SealedFile(disk, seal), state, disk.size)
    case .unsealed: return (disk, .unsealed, disk.size)
    case .broken(let reason):
      guard ignoresSeal else { throw .damaged(path: path, reason: reason) }
      return (disk, .broken(reason: reason), disk.size)
    }
  }
}
