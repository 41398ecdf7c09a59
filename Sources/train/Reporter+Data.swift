import Console
import Datasets
import Files
import Training

/// Reports of the data.
extension Reporter {
  /// Prints what the data is, and the memory that its pixels will take.
  func announce(_ outline: DataOutline, at path: String) {
    let counts = DataPart.allCases.compactMap { part in outline.counts[part].map { (part, $0) } }
    let classes = outline.classNames.map { names in
      names.count == 1 ? " in 1 class" : " in \(names.count) classes"
    }
    let memory =
      outline.isOnDemand
      ? "decoded whenever they are needed" : "\(Format.bytes(outline.byteCount)) in memory"
    note(
      """
      \(path): \(pictures(counts))\(classes ?? ""), \(outline.width) x \
      \(outline.height) x \(outline.channels), \(memory)
      """)
  }

  /// Prints the files that were skipped, and how many pictures of each set are left.
  func announce(_ files: [BadFile], in images: LabeledImages) {
    let list = files.prefix(10).map { "\n  - " + "\($0)".onOneLine }.joined()
    let rest = files.count > 10 ? "\n  - and \(files.count - 10) more" : ""
    let sets: [(DataPart, ImageSet?)] = [
      (.train, images.train), (.validation, images.validation), (.test, images.test),
    ]
    let left = sets.compactMap { part, set in set.map { (part, $0.count) } }
    warn(
      """
      skipped \(Format.count(files.count, "file")) that cannot be used, which leaves \
      \(pictures(left)):\(list)\(rest)
      """)
  }

  /// The number of pictures, by part if there are several.
  ///
  /// A single part is not named: pictures may still be held out of it for validation.
  private func pictures(_ counts: [(part: DataPart, count: Int)]) -> String {
    if counts.count == 1 { return Format.count(counts[0].count, "picture") }
    return counts.map { "\(Format.grouped($0.count)) \($0.part)" }.joined(separator: ", ")
      + " pictures"
  }
}
