import TestSupport

/// Makes one call after the other go wrong, until a run comes to its end before the fault.
///
/// - Parameters:
///   - mode: What goes wrong.
///   - only: The calls that are counted; nil: all.
///   - start: The folder that each run begins with.
///   - saves: How many saves a run makes.
///   - first: The first call.
///   - stride: How many calls further the next is.
///   - base: Where the folders are made.
///   - workshop: Where the programs are run.
///   - check: Says what is wrong with a run, given the name of the call; the folder is then checked
///     besides.
/// - Returns: What was found.
/// - Throws: An error if the program cannot be started.
func enumerate(
  _ mode: Fault.Mode, only: String? = nil, from start: FolderState, saves: Int = 3, first: Int = 1,
  stride: Int = 1, in base: String, using workshop: Workshop,
  check: (Trial, Fault, Call) throws -> String?
) throws -> Tally {
  var tally = Tally()
  var fault = Fault(call: first, mode: mode, only: only)
  while true {
    let folder = "\(base)/\(mode.text)-\(only ?? "")\(fault.call)"
    try start.write(to: folder)
    defer { removeTree(folder) }
    let trial = try workshop.drive(workshop.saving(saves, in: folder), in: folder, fault: fault)
    guard let call = trial.reached(fault) else { return tally }
    tally.points = max(tally.points, call.number)
    if call.fault != "unfit" {
      tally.cases += 1
      tally.promises += max(0, (trial.saved ?? 0) - State.safeStep)
      let promised = max(State.safeStep, trial.saved ?? 0)
      if let problem = try check(trial, fault, call)
        ?? problem(
          in: folder, promised: promised, finished: trial.finished, using: workshop)
      {
        tally.failures.append("\(fault) (\(call.name) \(call.file)): \(problem)")
      }
    }
    fault.call += stride
  }
}

/// Where the trials begin.
enum State {
  /// The step up to which all is safe when a trial begins.
  static let safeStep = 2

  /// A folder after two saves.
  static func twoSaves(_ workshop: Workshop, _ base: String) throws -> FolderState {
    let folder = "\(base)/start"
    mkdir(folder)
    let trial = try workshop.drive(workshop.saving(safeStep, in: folder), in: folder)
    guard trial.saved == safeStep else {
      throw CannotRun(reason: "two saves without a fault: \(trial.end), \(trial.result.error)")
    }
    return try FolderState(of: folder)
  }
}
