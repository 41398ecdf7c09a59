internal import CKernels

/// The steps of a ``RecurrentRun`` from the last to the first.
@safe
struct BackwardPass: Sendable {
  let run: RecurrentRun
  /// The gradient of the output.
  let dy: Tensor
  /// The gradients of the states after the last step; `nil` for zeros.
  let dStates: [Tensor]?
  /// `[gates · units, units]`: the recurrent kernel.
  let recurrentTransposed: Tensor
  /// `[gates · units, inputs]`: the kernel; `nil` if the gradient of the input is not needed.
  let transposed: Tensor?
  /// `[rows, gates · units]`: the gradient of the gates before their functions.
  let dGates: Storage
  /// GRU with `resetAfter`: `[rows, gates · units]`, the gradient of the recurrent product.
  let dRecurrent: Storage
  /// `[batch, steps, inputs]`: the gradient of the input.
  let dx: Storage
  /// `[batch, units]`: the gradients of the states before the first step; `nil` if they are not
  /// needed.
  let dInitial: [Storage]?

  private var units: Int { run.units }
  private var width: Int { run.width }
  private var steps: Int { run.steps }
  private var isSequence: Bool { run.recurrence.returnsSequences }

  /// Takes rows of the batch through all steps.
  func run(rows: Range<Int>) {
    let (first, count) = (rows.lowerBound, rows.count)
    let size = count * units
    let base = first * steps
    let scratch = Storage(zeros: 6 * size)
    var dh = unsafe scratch.pointer
    var next = unsafe scratch.pointer + size
    let (dc, oldDC) = unsafe (scratch.pointer + 2 * size, scratch.pointer + 3 * size)
    let spare = unsafe scratch.pointer + 4 * size
    let leads = rows.map { run.recurrence.maskedAtFirst(run.mask, row: $0, steps: steps) }
    if !isSequence {
      unsafe dh.update(from: dy.storage.pointer + first * units, count: size)
      for row in 0..<count
      where run.recurrence.endsWithZero(run.mask, row: first + row, steps: steps) {
        unsafe (dh + row * units).update(repeating: 0, count: units)
      }
    }
    if let dStates {
      unsafe kernels.add(1, Int64(size), dh, dStates[0].storage.pointer + first * units, dh)
      if dStates.count > 1 {
        unsafe dc.update(from: dStates[1].storage.pointer + first * units, count: size)
      }
    }
    for step in (0..<steps).reversed() {
      let index = run.recurrence.goesBackwards ? steps - 1 - step : step
      let masked = (0..<count).filter { row in
        guard let mask = run.mask else { return false }
        return unsafe mask.storage.pointer[(first + row) * steps + index] == 0
      }
      if isSequence {
        let zero = masked.filter { run.recurrence.zerosMaskedOutputs || step < leads[$0] }
        unsafe addOutput(run.recurrence.keepsOrder ? index : step, rows, zero, to: dh)
      }
      unsafe oldDC.update(from: dc, count: masked.isEmpty ? 0 : size)
      let place = base + step * count
      unsafe retreat(
        place, count, cells: run.extra.storage.pointer + (base + first + step * count) * units,
        dh, dc, into: next, masked, spare)
      if let factors = run.factors {
        unsafe kernels.multiply(
          1, Int64(size), next, factors.storage.pointer + first * units, next)
      }
      for row in masked {
        unsafe (next + row * units).update(from: dh + row * units, count: units)
        unsafe (dc + row * units).update(from: oldDC + row * units, count: units)
      }
      if let transposed {
        let inputs = run.inputs
        unsafe multiplyStep(
          count, inputs, width, dGates.pointer + place * width, width,
          transposed.storage.pointer, inputs,
          into: dx.pointer + (first * steps + index) * inputs, steps * inputs)
      }
      unsafe swap(&dh, &next)
    }
    if let dInitial {
      unsafe (dInitial[0].pointer + first * units).update(from: dh, count: size)
      if dInitial.count > 1 {
        unsafe (dInitial[1].pointer + first * units).update(from: dc, count: size)
      }
    }
  }

  /// Adds the gradient of the output of a step to that of the state, but for rows whose output is
  /// always 0.
  private func addOutput(
    _ step: Int, _ rows: Range<Int>, _ zero: [Int], to dh: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows.count {
      if zero.contains(row) { continue }
      let place = unsafe dh + row * units
      unsafe kernels.add(
        1, Int64(units), place,
        dy.storage.pointer + ((rows.lowerBound + row) * steps + step) * units, place)
    }
  }

  /// Computes the gradients of the gates and of the state before one step.
  private func retreat(
    _ place: Int, _ count: Int, cells: UnsafePointer<Float>, _ dh: UnsafePointer<Float>,
    _ dc: UnsafeMutablePointer<Float>, into next: UnsafeMutablePointer<Float>, _ masked: [Int],
    _ spare: UnsafeMutablePointer<Float>
  ) {
    let kernel = run.cell.kernel(rows: count)
    let weights = unsafe UnsafePointer(recurrentTransposed.storage.pointer)
    let gates = unsafe run.gates.storage.pointer + place * width
    let before = unsafe run.before.storage.pointer + place * units
    let d = unsafe dGates.pointer + place * width
    func clear(_ rows: UnsafeMutablePointer<Float>, _ width: Int) {
      for row in masked { unsafe (rows + row * width).update(repeating: 0, count: width) }
    }
    switch run.cell.kind {
    case .simple:
      unsafe d.update(from: dh, count: count * units)
      unsafe kernels.gate_gradient(kernel.activation, Int64(count * units), gates, d)
      unsafe clear(d, width)
      unsafe multiplyStep(count, units, width, d, width, weights, units, into: next, units)
    case .lstm:
      unsafe kernels.lstm_gradient(kernel, gates, cells, cells + count * units, dh, dc, d)
      unsafe clear(d, width)
      unsafe multiplyStep(count, units, width, d, width, weights, units, into: next, units)
    case .gru(resetAfter: true):
      let recurrent = unsafe run.extra.storage.pointer + place * width
      let dr = unsafe dRecurrent.pointer + place * width
      unsafe kernels.gru_update_gradient(kernel, gates, before, dh, d, next)
      unsafe kernels.gru_reset_gradient(
        kernel, gates, recurrent + 2 * units, Int64(width), d + 2 * units, Int64(width), d,
        dr + 2 * units, Int64(width))
      for row in 0..<count {
        unsafe (dr + row * width).update(from: d + row * width, count: 2 * units)
      }
      unsafe clear(d, width)
      unsafe clear(dr, width)
      unsafe multiplyStep(
        count, units, width, dr, width, weights, units, into: next, units, accumulates: true)
    case .gru(resetAfter: false):
      let (dReset, dBefore) = unsafe (spare, spare + count * units)
      unsafe kernels.gru_update_gradient(kernel, gates, before, dh, d, next)
      unsafe multiplyStep(
        count, units, units, d + 2 * units, width, weights + 2 * units * units, units,
        into: dReset, units)
      unsafe kernels.gru_reset_gradient(
        kernel, gates, before, Int64(units), dReset, Int64(units), d, dBefore, Int64(units))
      unsafe clear(d, width)
      unsafe kernels.add(1, Int64(count * units), next, dBefore, next)
      unsafe multiplyStep(
        count, units, 2 * units, d, width, weights, units, into: next, units, accumulates: true)
    }
  }
}
