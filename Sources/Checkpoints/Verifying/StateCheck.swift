import HDF5
import NeuralNetwork

extension CheckpointFile {
  /// Finds contradictions in a Cairn checkpoint.
  ///
  /// Compares the description of the model, its weights, the optimizer and the training state.
  ///
  /// - Parameter sealedStep: The step in the seal, if any.
  /// - Returns: The contradictions, each in one sentence; empty if there are none.
  package func contradictions(sealedStep: Int?) -> [String] {
    var problems: [String] = []
    func attempt<Value>(_ body: () throws(CheckpointError) -> Value) -> Value? {
      do throws(CheckpointError) { return try body() } catch {
        problems.append("\(error)")
        return nil
      }
    }
    if let blueprint = Blueprint(describedIn: self) {
      let match = attempt { () throws(CheckpointError) in
        try StoredWeights(of: container).map(blueprint.match)
      }
      if case .some(.some(let match)) = match { problems += match.differences.map { "\($0)" } }
    }
    guard
      case .some(.some(let state)) = attempt({ () throws(CheckpointError) in
        try trainingState()
      })
    else { return problems }
    if let sealedStep, sealedStep != state.globalStep {
      problems.append(
        "the seal is of step \(sealedStep), the training state of step \(state.globalStep)")
    }
    let iterations = attempt { () throws(CheckpointError) -> Int64? in
      guard let optimizer = try StoredOptimizer(of: container), let head = optimizer.variables.first
      else { return nil }
      return try reading { () throws(HDF5Error) in
        try container.dataset(of: head).read(as: Int64.self).first
      }
    }
    let expected = Int64(state.optimizerIterations)
    if case .some(.some(let iterations)) = iterations, iterations != expected {
      problems.append(
        "the optimizer has taken \(iterations) steps, the training state says \(expected)")
    }
    return problems
  }
}
