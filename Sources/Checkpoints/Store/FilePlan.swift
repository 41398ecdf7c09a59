/// The files that a program is to write, and those that it reads and must not write.
///
/// A program makes a plan of all its flags before it touches a file: two that lead to the same file would
/// destroy it. `Role` says what a file is for, so that the program can name the flag.
package struct FilePlan<Role: Equatable & Sendable>: Sendable {
  /// A file of the plan.
  package struct Entry: Sendable {
    /// What the file is for.
    package let role: Role

    /// The path as it was given.
    package let path: String

    fileprivate let place: FilePlace
    fileprivate let isOutput: Bool
    /// The names that are derived from it, if it is a checkpoint.
    fileprivate let names: CheckpointNames?
  }

  /// Two flags that lead to the same file, or one to a name that is derived from the other's.
  package struct Conflict: Error {
    /// The file of the plan that was added first.
    package let first: Entry

    /// The other one.
    package let second: Entry

    /// Whether the two are the same file; otherwise one has a name that is derived from the other's.
    package var isSameFile: Bool { first.place.isSame(as: second.place) }
  }

  private var entries: [Entry] = []

  /// Creates a plan of no files.
  package init() {}

  /// Adds a file that is written.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - role: What it is for.
  ///   - isCheckpoint: Whether names are derived from it, such as `.ckpt.h5.lock` and `ckpt.step-00001875.h5`.
  ///   - roles: What may be the same file: a run may resume from the checkpoint that it then replaces.
  /// - Throws: ``Conflict`` if it is the file of another role.
  package mutating func addOutput(
    _ path: String, as role: Role, isCheckpoint: Bool = false, besides roles: [Role] = []
  ) throws(Conflict) {
    try add(
      Entry(
        role: role, path: path, place: FilePlace(of: path), isOutput: true,
        // A path that cannot be that of a checkpoint is refused when the checkpoint is to be created.
        names: isCheckpoint ? try? CheckpointNames(of: path) : nil), besides: roles)
  }

  /// Adds a file that is read, and that no output may replace.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - role: What it is for.
  ///   - roles: What may be the same file.
  /// - Throws: ``Conflict`` if it is the file of an output.
  package mutating func addInput(
    _ path: String, as role: Role, besides roles: [Role] = []
  ) throws(Conflict) {
    try add(
      Entry(role: role, path: path, place: FilePlace(of: path), isOutput: false, names: nil),
      besides: roles)
  }

  /// Adds a file that is open, such as that of standard output; all that is not a regular file is left out.
  ///
  /// - Throws: ``Conflict`` if it is the file of an output.
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

  /// Whether the other file has a name that is derived from this checkpoint's.
  private func owns(_ other: Self) -> Bool {
    guard let names, let entry = place.entry, let found = other.place.entry else { return false }
    return entry.folder == found.folder && names.derives(found.name)
  }
}
