public import JSON
import Preconditions
import Tensors

/// Cosine decay of the learning rate with warm restarts.
///
/// Source: I. Loshchilov, F. Hutter, *SGDR*, ICLR 2017.
///
/// ```swift
/// let schedule = CosineDecayRestarts(initialLearningRate: 0.1, firstDecaySteps: 100)
/// let rates = [0, 50, 100, 200].map { schedule($0) }  // 0.1, 0.05, 0.1 again, 0.05
/// ```
public struct CosineDecayRestarts: LearningRateSchedule {
  /// The initial learning rate.
  public let initialLearningRate: Double

  /// The number of steps of the first decay, greater than 0.
  public let firstDecaySteps: Double

  /// The factor by which each decay is longer than the previous one.
  public let tMul: Double

  /// The factor of the initial learning rate at each restart.
  public let mMul: Double

  /// The final learning rate of a decay as a fraction of the initial one.
  public let alpha: Double

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initialLearningRate: The initial learning rate.
  ///   - firstDecaySteps: The number of steps of the first decay, greater than 0.
  ///   - tMul: The factor by which each decay is longer than the previous one, at least 1.
  ///   - mMul: The factor of the initial learning rate at each restart.
  ///   - alpha: The final learning rate of a decay as a fraction of the initial one.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    initialLearningRate: Double, firstDecaySteps: Double, tMul: Double = 2, mMul: Double = 1,
    alpha: Double = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      firstDecaySteps > 0 && tMul >= 1 && mMul >= 0,
      """
      CosineDecayRestarts: `firstDecaySteps` must be at least 1, `tMul` at least 1 and `mMul` \
      at least 0, but they are \(firstDecaySteps), \(tMul) and \(mMul).
      """, file: file, line: line)
    (self.initialLearningRate, self.firstDecaySteps) = (initialLearningRate, firstDecaySteps)
    (self.tMul, self.mMul, self.alpha) = (tMul, mMul, alpha)
  }

  /// The config in Keras's form.
  public var config: JSON.Object {
    [
      "initial_learning_rate": .number(initialLearningRate),
      "first_decay_steps": .count(firstDecaySteps), "t_mul": .number(tMul),
      "m_mul": .number(mMul), "alpha": .number(alpha), "name": .string("SGDRDecay"),
    ]
  }

  /// Computes the learning rate of a step.
  public func callAsFunction(_ step: Int) -> Float {
    let (tMul, alpha) = (Float(tMul), Float(alpha))
    var part = Float(step) / Float(firstDecaySteps)
    let restarts: Float
    if tMul == 1 {
      restarts = part.rounded(.down)
      part -= restarts
    } else {
      restarts = (Elementary.log(1 - part * (1 - tMul)) / Elementary.log(tMul)).rounded(.down)
      let length = Elementary.power(tMul, restarts)
      part = (part - (1 - length) / (1 - tMul)) / length
    }
    let wave =
      0.5 * Elementary.power(Float(mMul), restarts)
      * (1 + Elementary.cosine(Elementary.pi * part))
    return Float(initialLearningRate) * ((1 - alpha) * wave + alpha)
  }
}

extension CosineDecayRestarts: KerasSchedule {
  /// Creates a schedule with the options of a file.
  package init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      initialLearningRate: try reader.number("initial_learning_rate"),
      firstDecaySteps: try reader.positiveNumber("first_decay_steps"),
      tMul: try reader.number("t_mul", default: 2, in: 1...1e15),
      mMul: try reader.number("m_mul", default: 1, in: 0...1e15),
      alpha: try reader.number("alpha", default: 0))
  }
}
