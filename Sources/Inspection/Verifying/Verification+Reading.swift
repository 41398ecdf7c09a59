import CheckpointStore
import Checkpoints
import Files
import HDF5
import ModelFiles

extension Verification {
  /// Verifies a whole file.
  ///
  /// The seal is verified first. libhdf5 never gets bytes that do not match it; the rest of the
  /// file is still read. The path is opened only once, so that a file that is replaced meanwhile
  /// does not affect the result.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``InspectionError`` if the file cannot be read at all, or is not an HDF5 file.
  public init(of path: String) throws(InspectionError) {
    let disk = try DiskFile.examined(path)
    var check: SealCheck?
    var openingProblem: String?
    do throws(HDF5Error.Cause) {
      if try isHDF5(disk) { check = try SealCheck(ofHDF5: disk) }
    } catch {
      let failure = CheckpointError.file(
        HDF5Error(operation: .open, file: path, object: nil, cause: error))
      guard failure.kind == .badData else { throw .file(failure) }
      openingProblem = "\(error)"
    }
    if openingProblem == nil {
      do throws(InspectionError) {
        let isBroken = if case .broken? = check?.state { true } else { false }
        self = try Verification(
          Inspector(disk, named: path, ignoresSeal: isBroken), of: disk, check)
        return
      } catch {
        // A file of another kind, or a missing one, is not a damaged file.
        guard case .file(let failure) = error, failure.kind == .badData, check != nil else {
          throw error
        }
        openingProblem =
          if case .file(let cause) = failure { "\(cause.cause)" } else { "\(failure)" }
      }
    }
    report = nil
    self.path = path
    self.openingProblem = openingProblem
    seal = SealReport(
      state: check?.state, pieceCount: check?.pieceCount ?? 0,
      damage: (check?.damagedRanges ?? []).map { .init(range: $0, datasets: []) })
    structure = nil
    content = ContentReport()
    (nonFinite, contradictions) = ([], [])
    (loading, suspicions) = (.noModel, nil)
    alternatives = Verification.alternatives(to: disk, at: path)
  }

  private static func alternatives(
    to disk: DiskFile, at path: String
  ) -> [(path: String, step: Int)] {
    SiblingCheckpoint.valid(beside: path, except: disk.identity).map { ($0.path, $0.step) }
  }

  private init(
    _ inspector: borrowing Inspector, of disk: DiskFile, _ check: SealCheck?
  ) throws(InspectionError) {
    var reader = VerificationReader(disk)
    try reader.read(inspector, damaged: check?.damagedRanges ?? [])
    let isOurs = if case .cairn = inspector.report.kind { true } else { false }

    report = inspector.report
    path = inspector.report.path
    openingProblem = nil
    seal = SealReport(
      state: check?.state, pieceCount: check?.pieceCount ?? 0, damage: reader.damage)
    var structure = reader.structure
    content = reader.content
    nonFinite = reader.nonFinite
    var contradictions: [String] = []
    if isOurs {
      contradictions = inspector.report.problems
      contradictions += inspector.checkpoint.contradictions().filter {
        !contradictions.contains($0)
      }
    } else {
      // Files of other programs may contain parts that are valid, but not supported here.
      structure.skipped += inspector.report.problems.map { ("/", $0) }
    }
    self.structure = structure
    self.contradictions = contradictions
    suspicions = inspector.suspicions()
    alternatives = []
    // A damaged file is refused for that.
    loading = .noModel
    if isUndamaged { loading = LoadingVerdict(of: inspector.checkpoint) }
    if !isGood { alternatives = Verification.alternatives(to: disk, at: path) }
  }
}

/// Whether a file begins with the signature of HDF5.
private func isHDF5(_ file: DiskFile) throws(HDF5Error.Cause) -> Bool {
  do throws(FileError) { return try file.head.starts(with: Superblock.signature) } catch {
    throw HDF5Error.Cause(error)
  }
}
