import Checkpoints
import Glibc
import SystemPaths

/// The file to which a run appends a line for each epoch, as JSON.
///
/// The checkpoint remembers how long it was, so that a run that goes on from there removes what had been
/// written after: no epoch stands in it twice, and none is missing.
final class RunLog {
  private let path: String
  private let descriptor: CInt
  private let report: (TrainingEvent) -> Void

  /// The length of the log in bytes, as far as it is this run's.
  private(set) var position: Int

  /// Opens or creates the log.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - position: How long it was when the run was saved, and what comes after is removed; `nil` if the
  ///     run begins, and then it is appended to what is there.
  ///   - report: Is told what goes wrong.
  /// - Throws: ``TrainingError/checkpoint(_:)`` if it cannot be created.
  init(
    _ path: String, position: Int?, _ report: @escaping (TrainingEvent) -> Void
  ) throws(TrainingError) {
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o666)
    self.path = path
    self.report = report
    guard descriptor >= 0 else {
      throw .checkpoint(.cannotCreate(path: path, reason: unsafe String(cString: strerror(errno))))
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .checkpoint(.cannotCreate(path: path, reason: "it is not a regular file"))
    }
    let size = Int(status.st_size)
    self.position = min(position ?? size, size)
    guard let position else { return }
    if size < position {
      report(
        .warning(
          "the log '\(path)' has \(size) bytes where the run had written \(position): epochs are missing"
        ))
    }
    ftruncate(descriptor, off_t(self.position))
  }

  deinit { close(descriptor) }

  /// Appends the line of an epoch and brings it to the disk.
  ///
  /// A log that cannot be written is no reason to stop a run: then there is a warning, and no line.
  func append(_ result: EpochResult) {
    let line = Array((result.json(withSeconds: false) + "\n").utf8)
    var written = 0
    while written < line.count {
      let count = unsafe line.withUnsafeBufferPointer { bytes in
        unsafe pwrite(
          descriptor, bytes.baseAddress?.advanced(by: written), line.count - written,
          off_t(position + written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return warn() }
      written += count
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else { return warn() }
    position += line.count
  }

  private func warn() {
    let reason = unsafe String(cString: strerror(errno))
    ftruncate(descriptor, off_t(position))
    report(.warning("cannot write the log '\(path)': \(reason)"))
  }
}
