import CheckpointStore
import Files
import HDF5

extension CheckpointImage {
  /// Reads a sealed checkpoint, to be saved to another path.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if it cannot be read, has no seal or is damaged, or memory runs
  ///   out.
  package init(of path: String) throws(CheckpointError) {
    do throws(FileError) {
      let source = try DiskFile(path)
      guard case .sealed(let seal) = try Seal.find(in: source) else {
        throw .damaged("it has no seal")
      }
      let sealed = SealedFile(source, seal)
      var lacksMemory = false
      let file = try unsafe FileImage { add throws(FileError) in
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { unsafe block.deallocate() }
        for start in stride(from: 0, to: sealed.size, by: block.count) {
          let part = unsafe UnsafeMutableRawBufferPointer(
            rebasing: block[..<min(block.count, sealed.size - start)])
          try unsafe sealed.read(into: part, at: start)
          guard unsafe add(UnsafeRawBufferPointer(part)) else { return lacksMemory = true }
        }
      }
      guard !lacksMemory else { throw .unreadable("there is not enough memory") }
      self.init(file: file, step: seal.step)
    } catch {
      throw .file(HDF5Error(opening: path, error))
    }
  }
}
