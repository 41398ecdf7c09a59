import TestSupport

/// Goes on in a folder after a run that was disturbed, as the next run would.
///
/// - Parameters:
///   - folder: The folder.
///   - promised: The last step whose save was acknowledged; 0 if there was none.
///   - workshop: Where the programs are run.
///   - sweeps: Whether temporary files that stay are wrong too.
/// - Returns: What is wrong, or nil.
/// - Throws: An error if the program cannot be started.
func problem(
  in folder: String, promised: Int, using workshop: Workshop, sweeps: Bool = true
) throws -> String? {
  let path = "\(folder)/\(checkpointName)"
  let next = try run("store-driver", ["next", path, "1", "3", "0"], in: folder)
  let output = next.output.split(separator: "\n")
  // A reader, who recovers nothing, finds a whole checkpoint at the path.
  if promised > 0, output.first?.hasPrefix("step ") != true {
    return "a reader cannot read the newest: \(next.error)"
  }
  // The next run goes on from what was promised or a later step, saves, and leaves no rubbish.
  let said = output.first { $0.hasPrefix("resumed ") }
  guard next.code == 0, let resumed = said.flatMap({ Int($0.dropFirst(8)) }) else {
    return "the next run ends with \(next.code ?? -1) or signal \(next.signal ?? 0): \(next.error)"
  }
  if resumed < promised { return "LOST: it goes on from step \(resumed), promised was \(promised)" }
  guard sweeps else { return nil }
  let rest = names(in: folder).filter { $0.contains(".tmp-") || $0.contains("damaged") }
  return rest.isEmpty ? nil : "left in the folder: \(rest.joined(separator: ", "))"
}
