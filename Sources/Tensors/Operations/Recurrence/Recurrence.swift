import Preconditions

/// How a recurrent layer goes through sequences.
///
/// ```swift
/// let cell = RecurrentCell(.simple, units: 1, activation: .linear)  // h = x W + h R
/// var recurrence = Recurrence(cell)
/// recurrence.returnsSequences = true
/// let steps = Tensor([1, 1, 1], shape: [1, 3, 1])
/// let sums = steps.recurrence(recurrence, kernel: [[1]], recurrentKernel: [[1]], bias: nil)
/// print(sums.output)  // [1, 3, 1]: 1, 2, 3
/// ```
public struct Recurrence: Sendable {
  /// The computation of a step.
  public var cell: RecurrentCell
  /// Whether the result has the output of each step; otherwise, only that of the last one.
  public var returnsSequences = false
  /// Whether the last step of the input comes first.
  public var goesBackwards = false
  /// Whether the outputs of ``goesBackwards`` are put into the order of the input.
  public var keepsOrder = false
  /// Whether the output of a masked step is 0; otherwise, it is that of the step before.
  public var zerosMaskedOutputs = false

  /// Creates the description of a layer that returns the last output.
  ///
  /// - Parameter cell: The computation of a step.
  public init(_ cell: RecurrentCell) { self.cell = cell }

  /// The number of masked steps before the first that counts, whose outputs are 0, as in Keras,
  /// whatever the state is.
  func maskedAtFirst(_ mask: Tensor?, row: Int, steps: Int) -> Int {
    guard let mask else { return 0 }
    return (0..<steps).first { step in
      let index = goesBackwards ? steps - 1 - step : step
      return unsafe mask.storage.pointer[row * steps + index] != 0
    } ?? steps
  }

  /// Whether the output of the last step is 0 whatever the state is: the step is masked, and so are
  /// all others, or ``zerosMaskedOutputs`` is set.
  func endsWithZero(_ mask: Tensor?, row: Int, steps: Int) -> Bool {
    guard let mask, steps > 0 else { return false }
    let last = row * steps + (goesBackwards ? 0 : steps - 1)
    guard unsafe mask.storage.pointer[last] == 0 else { return false }
    return zerosMaskedOutputs || maskedAtFirst(mask, row: row, steps: steps) == steps
  }
}

extension Tensor {
  /// Runs a recurrent cell over sequences.
  ///
  /// - Parameters:
  ///   - recurrence: The cell, and how it goes through the sequences.
  ///   - kernel: `[inputs, gates · units]`.
  ///   - recurrentKernel: `[units, gates · units]`.
  ///   - bias: ``RecurrentCell/biasShape``; `nil` for none.
  ///   - states: The states before the first step, ``RecurrentCell/stateCount`` of
  ///     `[batch, units]`; `nil` for zeros.
  ///   - recordsStates: Whether gradients pass through the states after the last step.
  ///   - mask: `[batch, steps]`, 0 for steps to leave out; `nil` if there are none.
  ///   - recurrentFactors: What the state is multiplied with before each step, such as the factors
  ///     of dropout, `[batch, units]`; `nil` for ones.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For sequences of shape `[batch, steps, inputs]`, the outputs of shape
  ///   `[batch, steps, units]` or `[batch, units]`, and the states after the last step.
  /// - Precondition: The shapes match.
  public func recurrence(
    _ recurrence: Recurrence, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor?,
    states: [Tensor]? = nil, recordsStates: Bool = false, mask: Tensor? = nil,
    recurrentFactors: Tensor? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (output: Tensor, states: [Tensor]) {
    let cell = recurrence.cell
    let width = cell.gates * cell.units
    require(
      rank == 3 && kernel.shape == [shape[2], width]
        && recurrentKernel.shape == [cell.units, width]
        && bias.map { $0.shape == cell.biasShape } ?? true,
      """
      A recurrence of \(cell.units) units needs sequences [batch, steps, inputs], kernels [inputs, \
      \(width)] and [\(cell.units), \(width)] and a bias \(cell.biasShape), but the shapes are \
      \(shape), \(kernel.shape), \(recurrentKernel.shape) and \
      \(bias.map { "\($0.shape)" } ?? "none").
      """, file: file, line: line)
    let state: Shape = [shape[0], cell.units]
    require(
      states.map { $0.count == cell.stateCount && $0.allSatisfy { $0.shape == state } } ?? true
        && mask.map { $0.shape == [shape[0], shape[1]] } ?? true
        && recurrentFactors.map { $0.shape == state } ?? true,
      "The states and factors must have the shape \(state), and the mask [batch, steps].",
      file: file, line: line)
    let run = RecurrentRun(
      recurrence, self, kernel, recurrentKernel, bias, states: states, mask: mask,
      factors: recurrentFactors)
    let inputs = [self, kernel, recurrentKernel] + (bias.map { [$0] } ?? []) + (states ?? [])
    guard recordsStates else {
      let output = run.output.computed(together: inputs) { gradient, wanted in
        run.gradients(gradient, wanted: wanted)
      }
      return (output, run.states)
    }
    // One result of the output and the states, so that all gradients come together.
    let parts = [run.output.reshaped([shape[0], run.output.count / shape[0]])] + run.states
    let widths = parts.map { $0.shape[1] }
    let starts = widths.indices.map { widths[..<$0].reduce(0, +) }
    let outputShape = run.output.shape
    let whole = Tensor(concatenating: parts, axis: 1).computed(together: inputs) {
      gradient, wanted in
      let gradients = zip(starts, widths).map { gradient.slice($0..<$0 + $1, axis: 1) }
      return run.gradients(
        gradients[0].reshaped(outputShape), states: Array(gradients.dropFirst()), wanted: wanted)
    }
    let results = zip(starts, widths).map { whole.slice($0..<$0 + $1, axis: 1) }
    return (results[0].reshaped(outputShape), Array(results.dropFirst()))
  }
}
