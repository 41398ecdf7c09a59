import Threads

extension RecurrentRun {
  /// Computes the gradients of the input, the kernel, the recurrent kernel, the bias and the states
  /// before the first step.
  ///
  /// - Parameters:
  ///   - dy: The gradient of the output.
  ///   - dStates: The gradients of the states after the last step; `nil` for zeros.
  ///   - wanted: The numbers of those that are needed, in that order.
  /// - Returns: A gradient for each.
  func gradients(_ dy: Tensor, states dStates: [Tensor]? = nil, wanted: [Int]) -> [Tensor] {
    let rows = batch * steps
    let firstState = hasBias ? 4 : 3
    let areStatesWanted = wanted.contains { $0 >= firstState }
    let dInitial = (0..<cell.stateCount).map { _ in
      Storage(uninitialized: areStatesWanted ? batch * units : 0)
    }
    let isInputWanted = wanted.contains(0)
    let hasTwoProducts = cell.kind == .gru(resetAfter: true)
    let pass = BackwardPass(
      run: self, dy: dy, dStates: dStates, recurrentTransposed: recurrentKernel.transposed,
      transposed: isInputWanted ? kernel.transposed : nil,
      dGates: Storage(uninitialized: rows * width),
      dRecurrent: Storage(uninitialized: hasTwoProducts ? rows * width : 0),
      dx: Storage(uninitialized: isInputWanted ? rows * inputs : 0),
      dInitial: areStatesWanted ? dInitial : nil)
    parallel(over: 0..<batch, grain: Self.chunkRows) { pass.run(rows: $0..<$0 + $1) }
    let dGates = Tensor(shape: [rows, width], storage: pass.dGates)
    let dRecurrent =
      hasTwoProducts ? Tensor(shape: [rows, width], storage: pass.dRecurrent) : dGates
    return wanted.map { index in
      switch index {
      case 0: Tensor(shape: input.shape, storage: pass.dx)
      case 1: Self.product(x, dGates)
      case 2: recurrentKernelGradient(dRecurrent)
      case firstState...:
        Tensor(shape: [batch, units], storage: dInitial[index - firstState])
      default: biasGradient(dGates, dRecurrent)
      }
    }
  }

  /// aᵀ · b.
  private static func product(_ a: Tensor, _ b: Tensor) -> Tensor {
    let product = DeferredProduct(Matrix(a).transposed, Matrix(b))
    return Tensor(shape: [product.rows, product.columns], storage: Storage(product))
  }

  private func recurrentKernelGradient(_ dRecurrent: Tensor) -> Tensor {
    let whole = Self.product(before, dRecurrent)
    guard cell.kind == .gru(resetAfter: false) else { return whole }
    // The candidate's product is that of the state after reset.
    let candidate = Self.product(extra, dRecurrent)
    return Tensor(
      concatenating: [
        whole.slice(0..<2 * units, axis: 1), candidate.slice(2 * units..<width, axis: 1),
      ], axis: 1)
  }

  private func biasGradient(_ dGates: Tensor, _ dRecurrent: Tensor) -> Tensor {
    let sums = dGates.sum(axes: [0])
    guard cell.kind == .gru(resetAfter: true) else { return sums }
    return Tensor(concatenating: [sums, dRecurrent.sum(axes: [0])], axis: 0).reshaped([2, width])
  }
}

extension Tensor {
  /// A matrix with rows and columns exchanged, without a recorded computation.
  fileprivate var transposed: Tensor { Matrix(self).transposed.packed.tensor }
}
