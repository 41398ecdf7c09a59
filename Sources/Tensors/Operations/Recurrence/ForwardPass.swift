internal import CKernels

/// The steps of a ``RecurrentRun`` from the first to the last.
@safe
struct ForwardPass: Sendable {
  let recurrence: Recurrence
  let input: Tensor
  let kernel: Tensor
  let recurrentKernel: Tensor
  let bias: Tensor?
  let initial: [Tensor]?
  let mask: Tensor?
  let factors: Tensor?
  let x: Storage
  let gates: Storage
  let before: Storage
  let extra: Storage
  let output: Storage
  /// `[batch, units]`: the state h, which each step replaces.
  let hidden: Storage
  /// `[batch, units]`: LSTM's state c after the last step.
  let memory: Storage

  private var cell: RecurrentCell { recurrence.cell }
  private var units: Int { cell.units }
  private var width: Int { cell.gates * cell.units }
  private var steps: Int { input.shape[1] }
  private var inputs: Int { input.shape[2] }

  /// Takes rows of the batch through all steps.
  func run(rows: Range<Int>) {
    let (first, count) = (rows.lowerBound, rows.count)
    let size = count * units
    let base = first * steps
    let h = unsafe hidden.pointer + first * units
    let cells = unsafe extra.pointer + (base + first) * units
    unsafe begin(h, initial?.first, first, count)
    if cell.kind == .lstm { unsafe begin(cells, initial?.last, first, count) }
    multiplyInput(rows)

    let scratch = Storage(uninitialized: 2 * size)
    let (old, reset) = unsafe (scratch.pointer, scratch.pointer + size)
    for step in 0..<steps {
      let place = base + step * count
      let now = unsafe before.pointer + place * units
      unsafe now.update(from: h, count: size)
      if let factors {
        unsafe kernels.multiply(1, Int64(size), now, factors.storage.pointer + first * units, now)
      }
      if mask != nil { unsafe old.update(from: h, count: size) }
      unsafe advance(
        gates.pointer + place * width, now, h, count, place: place, cells: cells + step * size,
        reset: reset)
      let index = recurrence.goesBackwards ? steps - 1 - step : step
      for row in 0..<count {
        let isMasked = mask.map {
          unsafe $0.storage.pointer[(first + row) * steps + index] == 0
        }
        if isMasked == true {
          unsafe (h + row * units).update(from: old + row * units, count: units)
          if cell.kind == .lstm {
            unsafe (cells + (step + 1) * size + row * units).update(
              from: cells + step * size + row * units, count: units)
          }
        }
        guard recurrence.returnsSequences else { continue }
        let isReversed = recurrence.goesBackwards && recurrence.keepsOrder
        let y =
          unsafe output.pointer + ((first + row) * steps + (isReversed ? index : step)) * units
        if isMasked == true, recurrence.zerosMaskedOutputs || step == 0 {
          unsafe y.update(repeating: 0, count: units)
        } else if isMasked == true {
          unsafe y.update(from: isReversed ? y + units : y - units, count: units)
        } else {
          unsafe y.update(from: h + row * units, count: units)
        }
      }
    }
    if !recurrence.returnsSequences {
      unsafe (output.pointer + first * units).update(from: h, count: size)
      for row in rows where recurrence.endsWithZero(mask, row: row, steps: steps) {
        unsafe (output.pointer + row * units).update(repeating: 0, count: units)
      }
    }
    if cell.kind == .lstm {
      unsafe (memory.pointer + first * units).update(from: cells + steps * size, count: size)
    }
  }

  /// Sets the state before the first step.
  private func begin(
    _ state: UnsafeMutablePointer<Float>, _ value: Tensor?, _ first: Int, _ count: Int
  ) {
    if let value {
      unsafe state.update(from: value.storage.pointer + first * units, count: count * units)
    } else {
      unsafe state.update(repeating: 0, count: count * units)
    }
  }

  /// Copies the input in the order of the steps, and multiplies it with the kernel.
  private func multiplyInput(_ rows: Range<Int>) {
    let base = rows.lowerBound * steps
    for step in 0..<steps {
      let index = recurrence.goesBackwards ? steps - 1 - step : step
      for row in 0..<rows.count {
        unsafe (x.pointer + (base + step * rows.count + row) * inputs).update(
          from: input.storage.pointer + ((rows.lowerBound + row) * steps + index) * inputs,
          count: inputs)
      }
    }
    unsafe multiplyStep(
      steps * rows.count, width, inputs, x.pointer + base * inputs, inputs,
      kernel.storage.pointer, width, into: gates.pointer + base * width, width,
      bias: bias?.storage.pointer)
  }

  /// Makes one step: computes the gates and the next state `h`.
  private func advance(
    _ gates: UnsafeMutablePointer<Float>, _ now: UnsafePointer<Float>,
    _ h: UnsafeMutablePointer<Float>, _ count: Int, place: Int,
    cells: UnsafeMutablePointer<Float>, reset: UnsafeMutablePointer<Float>
  ) {
    let weights = unsafe UnsafePointer(recurrentKernel.storage.pointer)
    let kernel = cell.kernel(rows: count)
    switch cell.kind {
    case .simple:
      unsafe multiplyStep(
        count, width, units, now, units, weights, width, into: gates, width, accumulates: true)
      unsafe kernels.gate(kernel.activation, Int64(count * units), gates)
      unsafe h.update(from: gates, count: count * units)
    case .lstm:
      unsafe multiplyStep(
        count, width, units, now, units, weights, width, into: gates, width, accumulates: true)
      unsafe kernels.lstm(kernel, gates, cells, cells + count * units, h)
    case .gru(resetAfter: true):
      let recurrent = unsafe extra.pointer + place * width
      unsafe multiplyStep(
        count, width, units, now, units, weights, width, into: recurrent, width,
        bias: bias.map { unsafe UnsafePointer($0.storage.pointer + width) })
      for row in 0..<count {
        let gates = unsafe gates + row * width
        unsafe kernels.add(1, Int64(2 * units), gates, recurrent + row * width, gates)
      }
      unsafe kernels.gru_reset(kernel, gates, recurrent + 2 * units, Int64(width), reset)
      for row in 0..<count {
        let candidate = unsafe gates + row * width + 2 * units
        unsafe kernels.add(1, Int64(units), candidate, reset + row * units, candidate)
      }
      unsafe kernels.gru_update(kernel, gates, now, h)
    case .gru(resetAfter: false):
      let reset = unsafe extra.pointer + place * units
      unsafe multiplyStep(
        count, 2 * units, units, now, units, weights, width, into: gates, width,
        accumulates: true)
      unsafe kernels.gru_reset(kernel, gates, now, Int64(units), reset)
      unsafe multiplyStep(
        count, units, units, reset, units, weights + 2 * units, width, into: gates + 2 * units,
        width, accumulates: true)
      unsafe kernels.gru_update(kernel, gates, now, h)
    }
  }
}
