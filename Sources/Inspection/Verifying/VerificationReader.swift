import Checkpoints
import Files
import HDF5
import ModelFiles

/// Reads all objects of a file, and collects the problems.
struct VerificationReader {
  private(set) var structure = StructureReport()
  private(set) var content = ContentReport()
  private(set) var nonFinite: [NonFiniteTensor] = []
  private(set) var damage: [SealReport.Damage] = []

  private var digests: [String: [UInt8]] = [:]
  private let disk: DiskFile
  private var budget: ReadingBudget

  /// Creates a reader.
  ///
  /// - Parameter disk: The file.
  init(_ disk: DiskFile) {
    self.disk = disk
    budget = ReadingBudget(fileSize: disk.size)
  }

  /// Reads all objects.
  ///
  /// - Parameters:
  ///   - inspector: The file.
  ///   - damaged: The ranges that do not match the seal.
  /// - Throws: ``InspectionError`` if the root group cannot be read.
  mutating func read(
    _ inspector: borrowing Inspector, damaged: [Range<Int>]
  ) throws(InspectionError) {
    readDigests(of: inspector)
    damage = damaged.map { .init(range: $0, datasets: []) }
    let list = try inspector.objects()
    if let omission = list.omission { structure.skipped.append(("/", omission)) }
    let names = Dictionary(inspector.variables.map { ($0.path, $0.name) }) { first, _ in first }
    for object in list.objects {
      structure.objectCount += 1
      if let problem = object.problem {
        if problem.isDamage {
          structure.problems.append((object.path, problem.reason))
        } else {
          structure.skipped.append((object.path, problem.reason))
        }
      }
      switch object.content {
      case .dataset: read(object.path, names[object.path], inspector)
      case .other(.unreadable(let reason)): structure.problems.append((object.path, reason))
      case .other(.unopened(let reason)): structure.skipped.append((object.path, reason))
      case .other, .group: break
      case .sameAs: structure.objectCount -= 1
      }
    }
    for path in digests.keys.sorted() {
      content.wrong.append((path, names[path], "it is missing from the file"))
    }
  }

  private mutating func readDigests(of inspector: borrowing Inspector) {
    do throws(CheckpointError) {
      guard let digests = try inspector.checkpoint.contentDigests() else { return }
      self.digests = digests
      content.hasDigests = true
    } catch {
      content.wrong.append(("/training_state/content", nil, "\(error)"))
    }
  }

  private mutating func read(_ path: String, _ name: String?, _ inspector: borrowing Inspector) {
    let expected = digests.removeValue(forKey: path)
    do throws(HDF5Error) {
      let dataset = try inspector.checkpoint.dataset(at: path)
      note(try dataset.places(), of: path, name)
      if let reason = budget.add(dataset) { return structure.skipped.append((path, reason)) }
      let pass: DatasetPass
      do throws(HDF5Error) {
        pass = try DatasetPass(dataset)
      } catch {
        if let expected { compareRaw(expected, dataset, name) }
        throw error
      }
      structure.datasetCount += 1
      if let expected { compare(expected, pass.digest, path, name) }
      if let name, let index = pass.firstNonFinite {
        nonFinite.append(
          NonFiniteTensor(
            name: name, path: path, nanCount: pass.nanCount, infinityCount: pass.infinityCount,
            index: index))
      }
    } catch {
      // It may be valid, but is not supported or exceeds a limit.
      if let limit = error.cause.limit {
        structure.skipped.append((path, limit))
      } else {
        structure.problems.append((path, "\(error.cause)"))
      }
    }
  }

  /// Adds a dataset to the damaged ranges that it overlaps.
  private mutating func note(_ places: [Range<Int>], of path: String, _ name: String?) {
    for (index, entry) in damage.enumerated()
    where places.contains(where: { $0.overlaps(entry.range) }) {
      damage[index] = .init(range: entry.range, datasets: entry.datasets + [(path, name)])
    }
  }

  /// Compares the bytes of a dataset that cannot be read because of the seal: its piece is damaged,
  /// but the damage may be beside the dataset.
  private mutating func compareRaw(
    _ expected: [UInt8], _ dataset: borrowing Dataset, _ name: String?
  ) {
    let isPlain =
      switch dataset.elementType {
      case .float32(.littleEndian), .float64(.littleEndian): true
      case .integer(bits: 64, signed: _, .littleEndian): true
      default: false
      }
    guard isPlain, dataset.layout == .contiguous, let range = try? dataset.places().first,
      range.upperBound <= disk.size
    else {
      content.wrong.append((dataset.path, name, "it cannot be read"))
      return
    }
    var digest = ContentDigest(type: "\(dataset.elementType)", shape: dataset.shape)
    do throws(FileError) {
      try digest.add(range, of: disk)
      compare(expected, digest.bytes, dataset.path, name)
    } catch {
      content.wrong.append((dataset.path, name, "\(error)"))
    }
  }

  private mutating func compare(
    _ expected: [UInt8], _ digest: [UInt8]?, _ path: String, _ name: String?
  ) {
    if digest == expected {
      content.goodCount += 1
    } else {
      content.wrong.append(
        (path, name, "its elements, shape or type are not those that were saved"))
    }
  }
}
