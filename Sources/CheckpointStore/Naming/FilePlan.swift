/// The output files of a program, and the input files that it must not overwrite.
///
/// A program plans the files of all its flags before it opens one, because two outputs to the same
/// file would destroy it. `Role` is the purpose of a file, so that the program can name the flag.
package struct FilePlan<Role: Equatable & Sendable>: Sendable {
  /// A file of the plan.
  package struct Entry: Sendable {
    /// The purpose of the file.
    package let role: Role

    /// The path as given by the user.
    package let path: String

    fileprivate let place: FilePlace
    fileprivate let isOutput: Bool
    /// The names derived from the path, if it is a checkpoint.
    fileprivate let names: CheckpointNames?
  }

  /// A conflict of two flags: both name the same file, or one names a file derived from the
  /// other's.
  package struct Conflict: Error {
    /// The file of the plan that was added first.
    package let first: Entry

    /// The other one.
    package let second: Entry

    /// Whether both are the same file; otherwise the name of one is derived from the other's.
    package var isSameFile: Bool { first.place.isSame(as: second.place) }
  }

  private var entries: [Entry] = []

  /// Creates an empty plan.
  package init() {}

  /// Adds an output file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - role: The purpose of the file.
  ///   - isCheckpoint: Whether further names are derived from the path, such as `.ckpt.h5.lock` and
  ///     `ckpt.step-00001875.h5`.
  ///   - roles: The roles that may share the file: a run may resume from the checkpoint that it
  ///     replaces.
  /// - Throws: ``Conflict`` if the file conflicts with one of another role.
  package mutating func addOutput(
    _ path: String, as role: Role, isCheckpoint: Bool = false, besides roles: [Role] = []
  ) throws(Conflict) {
    try add(
      Entry(
        role: role, path: path, place: FilePlace(of: path), isOutput: true,
        // An invalid checkpoint path is refused later, when the checkpoint is created.
        names: isCheckpoint ? try? CheckpointNames(of: path) : nil), besides: roles)
  }

  /// Adds an input file, which no output may replace.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - role: The purpose of the file.
  ///   - roles: The roles that may share the file.
  /// - Throws: ``Conflict`` if the file conflicts with an output.
  package mutating func addInput(
    _ path: String, as role: Role, besides roles: [Role] = []
  ) throws(Conflict) {
    try add(
      Entry(role: role, path: path, place: FilePlace(of: path), isOutput: false, names: nil),
      besides: roles)
  }

  /// Adds an open file, such as standard output; anything but a regular file is ignored.
  ///
  /// - Throws: ``Conflict`` if the file conflicts with an output.
  package mutating func add(descriptor: CInt, as role: Role) throws(Conflict) {
    guard let place = FilePlace(descriptor: descriptor) else { return }
    try add(
      Entry(role: role, path: place.path, place: place, isOutput: false, names: nil), besides: [])
  }

  private mutating func add(_ entry: Entry, besides roles: [Role]) throws(Conflict) {
    for other in entries where entry.isOutput || other.isOutput {
      guard !roles.contains(other.role), entry.meets(other) else { continue }
      throw Conflict(first: other, second: entry)
    }
    entries.append(entry)
  }
}

extension FilePlan.Entry {
  /// Whether writing one of two files could change the other.
  fileprivate func meets(_ other: Self) -> Bool {
    place.isSame(as: other.place) || owns(other) || other.owns(self)
  }

  /// Whether the name of the other file is derived from this checkpoint's.
  private func owns(_ other: Self) -> Bool {
    guard let names, let entry = place.entry, let found = other.place.entry else { return false }
    return entry.folder == found.folder && names.derives(found.name)
  }
}
