import CheckpointStore
import Checkpoints
import Console
import Inspection
import ModelFiles

extension Page {
  /// The results of all checks, one per line, and a verdict in one line.
  func verification(_ verification: Verification) -> String {
    let head = verification.report.map(title) ?? "\(heading(verification.path))\n"
    let isOurs = if case .cairn? = verification.report?.kind { true } else { false }
    var text = head + "\n" + seal(verification, isOurs: isOurs)
    if let problem = verification.openingProblem {
      text += line("structure", .red, "not readable: \(problem)")
    }
    if let structure = verification.structure { text += self.structure(structure) }
    if verification.structure != nil {
      text += content(verification.content)
      text += numbers(verification)
      text += training(verification) + loading(verification.loading)
    }
    // Nothing is known of a damaged file in which nothing suspicious was found.
    guard let suspicions = verification.suspicions,
      verification.isUndamaged || !suspicions.list.isEmpty
    else { return text + "\n" + verdict(verification) }
    return text + self.suspicions(suspicions) + "\n" + safety(suspicions) + verdict(verification)
  }

  // MARK: - Checks

  private func seal(_ verification: Verification, isOurs: Bool) -> String {
    let seal = verification.seal
    if let format = verification.report?.format, format != .hdf5 {
      return line("seal", nil, "none, as only HDF5 files have one")
    }
    switch seal.state {
    case .broken(let reason)?: return line("seal", .red, "damaged: \(reason)")
    case .unsealed? where isOurs:
      return line("seal", .yellow, "none any more: another program has written the file since")
    case .unsealed?, nil: return line("seal", nil, "none, as files of other programs")
    case .sealed(let step)?:
      let pieces = Format.count(seal.pieceCount, "piece")
      guard !seal.damage.isEmpty else {
        return line("seal", .green, "good: \(pieces)" + (step.map { ", step \($0)" } ?? ""))
      }
      let ranges = Format.count(seal.damage.count, "range")
      var text = line("seal", .red, "damaged: \(ranges) of bytes, in a file of \(pieces)")
      for damage in seal.damage.prefix(20) {
        let objects = damage.datasets.map { $0.name ?? $0.path }
        // Bytes between the datasets are HDF5 metadata.
        let where_ =
          objects.isEmpty ? "HDF5 metadata" : list(objects, atMost: 6)
        text += continuation(
          "bytes \(damage.range.lowerBound) to \(damage.range.upperBound - 1): \(where_)")
      }
      return text + rest(seal.damage.count - 20)
    }
  }

  private func structure(_ structure: StructureReport) -> String {
    let size =
      Format.count(structure.objectCount, "object")
      + ", \(Format.count(structure.datasetCount, "dataset")) read"
    var text =
      structure.problems.isEmpty
      ? structure.skipped.isEmpty
        ? line("structure", .green, "good: \(size)")
        : line("structure", .yellow, "good as far as it was read: \(size)")
      : line(
        "structure", .red,
        "damaged: \(size), \(Format.grouped(structure.problems.count)) not readable")
    for problem in structure.problems.prefix(20) {
      text += continuation("\(problem.path): \(problem.reason)")
    }
    text += rest(structure.problems.count - 20)
    for skipped in structure.skipped.prefix(20) {
      text += continuation("not read: \(skipped.path): \(skipped.reason)")
    }
    return text + rest(structure.skipped.count - 20)
  }

  private func content(_ content: ContentReport) -> String {
    guard content.hasDigests || !content.wrong.isEmpty else {
      return line("content", nil, "not known: the file holds no digests of its tensors")
    }
    guard !content.wrong.isEmpty else {
      return line(
        "content", .green, "verified: \(Format.count(content.goodCount, "tensor")) as saved")
    }
    var text = line(
      "content", .red,
      "damaged: \(Format.grouped(content.wrong.count)) of "
        + "\(Format.count(content.wrong.count + content.goodCount, "tensor"))")
    for wrong in content.wrong.prefix(20) {
      text += continuation(
        (wrong.name.map { "\($0) (\(wrong.path))" } ?? wrong.path) + ": \(wrong.reason)")
    }
    return text + rest(content.wrong.count - 20)
  }

  private func numbers(_ verification: Verification) -> String {
    guard let report = verification.report, report.model != nil else { return "" }
    guard !verification.nonFinite.isEmpty else {
      return line("numbers", .green, "good: no NaN, no infinity in what was read")
    }
    var text = line(
      "numbers", .red, "not finite in \(Format.count(verification.nonFinite.count, "tensor"))")
    for tensor in verification.nonFinite.prefix(20) {
      text += continuation(
        "\(tensor.name): \(Format.grouped(tensor.nanCount)) NaN, "
          + "\(Format.grouped(tensor.infinityCount)) infinite, the first at \(tensor.index)")
    }
    return text + rest(verification.nonFinite.count - 20)
  }

  private func training(_ verification: Verification) -> String {
    guard verification.contradictions.isEmpty else {
      return line("training", .red, "damaged or contradictory:")
        + verification.contradictions.prefix(20).map(continuation).joined()
        + rest(verification.contradictions.count - 20)
    }
    guard let training = verification.report?.training else {
      return line("training", nil, "none: the file holds no run")
    }
    return line(
      "training", .green, "good: step \(training.globalStep), epoch \(training.epoch)")
  }

  private func loading(_ verdict: LoadingVerdict) -> String {
    switch verdict {
    case .noModel: ""
    case .loads: line("loading", .green, "good: the model can be loaded")
    case .unsupported(let reason): line("loading", .yellow, "not supported: \(reason)")
    case .refused(let reason): line("loading", .red, "refused: \(reason)")
    }
  }

  private func suspicions(_ suspicions: Suspicions) -> String {
    guard !suspicions.list.isEmpty else { return line("suspicious", .green, "nothing") }
    let style = suspicions.isSafeInKeras ? Style.yellow : .red
    var text = line("suspicious", style, Format.count(suspicions.list.count, "part"))
    for suspicion in suspicions.list.prefix(20) { text += continuation("\(suspicion)") }
    return text + rest(suspicions.list.count - 20)
  }

  // MARK: - Lines

  private func line(_ label: String, _ style: Style?, _ text: String) -> String {
    let padding = String(repeating: " ", count: 11 - label.count)
    let text = escaped(text)
    return label + padding + (style.map { terminal.styled(text, $0) } ?? text) + "\n"
  }

  private func continuation(_ text: String) -> String { "           \(escaped(text))\n" }

  private func rest(_ count: Int) -> String {
    count > 0 ? continuation("and \(Format.grouped(count)) more; --json has all") : ""
  }

  private func list(_ names: [String], atMost limit: Int) -> String {
    names.prefix(limit).joined(separator: ", ")
      + (names.count > limit ? " and \(names.count - limit) more" : "")
  }

  private func verdict(_ verification: Verification) -> String {
    let isSealed = if case .sealed? = verification.seal.state { true } else { false }
    let isIntact = isSealed && verification.seal.isGood
    guard verification.isGood else {
      let words =
        if verification.isWhole {
          isIntact
            ? "The file is intact, but contains NaN or infinite weights."
            : "The file contains NaN or infinite weights."
        } else if verification.isUndamaged {
          verification.suspicions?.isSafeInKeras == false
            ? "No damage was found, but the file is dangerous."
            : "No damage was found, but its model cannot be loaded."
        } else if isIntact {
          "The file is intact, but its content is inconsistent."
        } else {
          "The file is damaged."
        }
      return terminal.styled(words, .red) + "\n"
    }
    if isIntact { return terminal.styled("The file is intact.", .green) + "\n" }
    let words =
      if verification.content.hasDigests {
        "The tensors are intact; without a seal, the rest of the file cannot be verified."
      } else if verification.structure?.skipped.isEmpty == false {
        "No problems were found in the parts that were read."
      } else {
        "No problems were found; without a seal, not every change can be detected."
      }
    return terminal.styled(words, .yellow) + "\n"
  }
}
