import CheckpointStore
import Files
import HDF5
package import NeuralNetwork

/// An HDF5 file, sealed or not, with weights or whole models of any version of Keras.
///
/// It is written in the universal layout, which Keras 3 can load in every way, with a seal.
package enum CheckpointFormat: ModelFormat {
  static func open(
    _ file: DiskFile, head: [UInt8], named path: String, limits: Limits, ignoresSeal: Bool
  ) throws(CheckpointError) -> Container? {
    let (source, seal) = try source(file, named: path, ignoresSeal: ignoresSeal)
    let opened = try converting { () throws(HDF5Error) in
      try File.open(source, named: path, limits: limits)
    }
    return Container(.hdf5, size: file.size, [CheckpointFile.Part(path, opened)], seal: seal)
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

extension CheckpointFormat: WritableModelFormat {
  package static var dialect: KerasDialect? { .wholeModel }

  package static func losses(of contents: ModelContents) -> [String] { contents.differsInKeras3 }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    .checkpoint(try contents.universalImage())
  }
}
