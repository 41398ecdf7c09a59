package import CheckpointStore
package import HDF5

/// A model as the bytes of a file, in memory.
package enum EncodedModel: ~Copyable {
  /// A checkpoint, to be sealed.
  case checkpoint(CheckpointImage)

  /// An HDF5 file, with the bytes before and after it.
  case hdf5(FileImage, before: [UInt8], after: [UInt8])

  /// Bytes of any form.
  case bytes([UInt8])
}

extension CheckpointStore {
  /// Writes a model.
  ///
  /// - Parameter model: The file in memory.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; the file at the path is then unchanged,
  ///   unless the error is ``StoreError/unconfirmed(path:reason:)``.
  package func write(_ model: consuming EncodedModel) throws(CheckpointError) -> Int {
    switch consume model {
    case .checkpoint(let image): return try write(image)
    case .hdf5(let image, let before, let after):
      return try unsafe before.span.bytes.withUnsafeBytes { before throws(CheckpointError) in
        try unsafe after.span.bytes.withUnsafeBytes { after throws(CheckpointError) in
          try unsafe image.withUnsafeBytes { image throws(CheckpointError) in
            try converting { () throws(StoreError) in try unsafe write([before, image, after]) }
          }
        }
      }
    case .bytes(let bytes):
      return try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(CheckpointError) in
        try converting { () throws(StoreError) in try unsafe write([bytes]) }
      }
    }
  }
}
