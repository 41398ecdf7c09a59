import NeuralNetwork

/// The course of the learning rate over a run, from the learning rate of the optimizer.
///
/// Each schedule is one of Keras's, with these arguments for a learning rate r and n steps:
///
/// ```swift
/// var recipe = Recipe()
/// recipe.schedule = .onecycle  // from r / 25 up to r, then down to nearly 0
/// recipe.scheduleEpochs = 10
/// recipe.warmup = Warmup("500steps")  // .steps(500)
/// recipe.plateau = PlateauReduction("factor=0.5,patience=3")
/// ```
public enum RateSchedule: String, CaseIterable, Sendable {
  /// r.
  case constant

  /// `CosineDecay`: half a cosine wave from r to 0.
  case cosine

  /// `PiecewiseConstantDecay`: r, a tenth from the middle and a hundredth from three quarters on.
  case step

  /// `ExponentialDecay`: from r to a hundredth of it.
  case exponential

  /// `PolynomialDecay` with power 1: a straight line from r to 0.
  case linear

  /// `CosineDecay` with a warmup from r / 25 to r in the first three tenths, then down to
  /// r / 250,000.
  ///
  /// Source: L. Smith, N. Topin, *Super-Convergence*, 2018, with the factors of PyTorch's
  /// `OneCycleLR`.
  case onecycle

  /// Creates the schedule.
  ///
  /// - Parameters:
  ///   - rate: The learning rate, greater than 0.
  ///   - steps: The number of steps, at least 1.
  ///   - warmup: The number of steps of the warmup; `nil` for the default.
  /// - Returns: The learning rate by step.
  package func schedule(rate: Double, steps: Int, warmup: Int?) -> @Sendable (_ step: Int) -> Float
  {
    let wanted = warmup ?? (self == .onecycle ? (3 * steps + 5) / 10 : 0)
    // A constant learning rate does not depend on the length of the run, nor does its warmup.
    let rise = self == .constant ? wanted : min(wanted, steps - 1)
    let fall = Double(max(1, steps - rise))
    let schedule: (any LearningRateSchedule)?
    switch self {
    case .constant: schedule = nil
    case .cosine: schedule = CosineDecay(initialLearningRate: rate, decaySteps: fall)
    case .step:
      schedule = PiecewiseConstantDecay(
        boundaries: [Int(fall) / 2, 3 * Int(fall) / 4],
        values: [rate, rate * 0.1, rate * 0.01])
    case .exponential:
      schedule = ExponentialDecay(initialLearningRate: rate, decaySteps: fall, decayRate: 0.01)
    case .linear:
      schedule = PolynomialDecay(
        initialLearningRate: rate, decaySteps: fall, endLearningRate: 0)
    case .onecycle:
      schedule = CosineDecay(initialLearningRate: rate, decaySteps: fall, alpha: 1 / 250_000)
    }
    let (first, last) = (self == .onecycle ? Float(rate) / 25 : 0, Float(rate))
    return { step in
      // As in Keras's CosineDecay.
      if step < rise { return (last - first) * (Float(step) / Float(rise)) + first }
      return schedule?(step - rise) ?? last
    }
  }
}
