import CheckpointStore
public import ModelFiles

extension CheckpointFile {
  /// Finds contradictions in a Cairn checkpoint.
  ///
  /// Compares the description of the model, its weights, the optimizer, the training state and the
  /// step in the seal.
  ///
  /// - Returns: The contradictions, each in one sentence; empty if there are none.
  public func contradictions() -> [String] {
    var problems: [String] = []
    func attempt<Value>(_ body: () throws(CheckpointError) -> Value) -> Value? {
      do throws(CheckpointError) { return try body() } catch {
        problems.append("\(error)")
        return nil
      }
    }
    let differences = attempt { () throws(CheckpointError) in try differencesFromDescription() }
    problems += (differences ?? []).map { "\($0)" }
    guard
      case .some(.some(let state)) = attempt({ () throws(CheckpointError) in
        try trainingState()
      })
    else { return problems }
    if case .sealed(let sealedStep?) = seal, sealedStep != state.globalStep {
      problems.append(
        "the seal is of step \(sealedStep), the training state of step \(state.globalStep)")
    }
    let iterations = attempt { () throws(CheckpointError) in try optimizerSteps() }
    let expected = Int64(state.optimizerIterations)
    if case .some(.some(let iterations)) = iterations, iterations != expected {
      problems.append(
        "the optimizer has taken \(iterations) steps, the training state says \(expected)")
    }
    return problems
  }
}
