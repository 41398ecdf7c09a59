internal import CKernels
import Threads

/// The computation of a recurrence, with what its gradients need.
///
/// The batch is cut into chunks of rows, each of which one thread takes through all steps, so that
/// there is nothing to wait for between steps. The input products of all steps are one product.
/// Rows of the arrays below are in the order [chunk][step][row of the chunk].
struct RecurrentRun: Sendable {
  let recurrence: Recurrence
  let input: Tensor
  let kernel: Tensor
  let recurrentKernel: Tensor
  let hasBias: Bool
  let mask: Tensor?
  let factors: Tensor?

  /// The result.
  let output: Tensor
  /// The states after the last step.
  let states: [Tensor]

  /// `[rows, inputs]`: the input.
  let x: Tensor
  /// `[rows, gates · units]`: the gates after their functions.
  let gates: Tensor
  /// `[rows, units]`: the state before each step, as the recurrent product gets it.
  let before: Tensor
  /// What else a cell keeps of each step.
  ///
  /// - LSTM: `[rows + batch, units]`, the cell before each step, and after the last one of a chunk;
  /// - GRU with `resetAfter`: `[rows, gates · units]`, the recurrent product;
  /// - GRU without: `[rows, units]`, the state after reset.
  let extra: Tensor

  var batch: Int { input.shape[0] }
  var steps: Int { input.shape[1] }
  var inputs: Int { input.shape[2] }
  var cell: RecurrentCell { recurrence.cell }
  var units: Int { cell.units }
  var width: Int { cell.gates * cell.units }

  /// The number of rows that a thread takes at a time; fixed, because it determines the order of
  /// the sums in the gradients of the kernels.
  static let chunkRows = 16

  init(
    _ recurrence: Recurrence, _ input: Tensor, _ kernel: Tensor, _ recurrentKernel: Tensor,
    _ bias: Tensor?, states initial: [Tensor]?, mask: Tensor?, factors: Tensor?
  ) {
    let cell = recurrence.cell
    self.recurrence = recurrence
    self.input = input.withoutGradient
    self.kernel = kernel.withoutGradient
    self.recurrentKernel = recurrentKernel.withoutGradient
    hasBias = bias != nil
    self.mask = mask?.withoutGradient
    self.factors = factors?.withoutGradient
    let (batch, steps, inputs) = (input.shape[0], input.shape[1], input.shape[2])
    let (units, width) = (cell.units, cell.gates * cell.units)
    let rows = batch * steps
    let extraShape: Shape =
      switch cell.kind {
      case .simple: [0]
      case .lstm: [rows + batch, units]
      case .gru(let resetAfter): [rows, resetAfter ? width : units]
      }
    let forward = ForwardPass(
      recurrence: recurrence, input: self.input, kernel: self.kernel,
      recurrentKernel: self.recurrentKernel, bias: bias?.withoutGradient,
      initial: initial?.map(\.withoutGradient), mask: self.mask, factors: self.factors,
      x: Storage(uninitialized: rows * inputs), gates: Storage(uninitialized: rows * width),
      before: Storage(uninitialized: rows * units),
      extra: Storage(uninitialized: extraShape.elementCount),
      output: Storage(
        uninitialized: recurrence.returnsSequences ? rows * units : batch * units),
      hidden: Storage(uninitialized: batch * units),
      memory: Storage(uninitialized: cell.kind == .lstm ? batch * units : 0))
    parallel(over: 0..<batch, grain: Self.chunkRows) { forward.run(rows: $0..<$0 + $1) }
    output = Tensor(
      shape: recurrence.returnsSequences ? [batch, steps, units] : [batch, units],
      storage: forward.output)
    let state: Shape = [batch, units]
    states = (cell.kind == .lstm ? [forward.hidden, forward.memory] : [forward.hidden])
      .map { Tensor(shape: state, storage: $0) }
    x = Tensor(shape: [rows, inputs], storage: forward.x)
    gates = Tensor(shape: [rows, width], storage: forward.gates)
    before = Tensor(shape: [rows, units], storage: forward.before)
    extra = Tensor(shape: extraShape, storage: forward.extra)
  }
}
