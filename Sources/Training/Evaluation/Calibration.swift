public import Inference
import ModelFiles
import Tensors

/// The temperature of a classifier and the threshold of its score, fitted on held-out pictures.
///
/// Source of the temperature and of the error: C. Guo et al., *On Calibration of Modern Neural
/// Networks*, ICML 2017.
///
/// ```swift
/// options.recipe.validation = .fraction(0.5)
/// options.recipe.calibrates = true
/// options.recipe.rejectRate = 0.05  // at most 5 % of the held-out pictures get no answer
/// let trainer = try Trainer(options: options, data: data)
/// _ = try trainer.run()
/// if let calibration = trainer.calibration {
///   print("temperature \(calibration.temperature), threshold \(calibration.threshold)")
/// }
/// ```
public struct Calibration: Equatable, Sendable {
  /// The temperature T, from 1/4 to 20, that minimizes the cross-entropy of the logits divided by
  /// T, over the classes and pictures that are not rejected.
  public let temperature: Double

  /// The score.
  public let score: RejectionScore

  /// The threshold of the score: at most the requested share of the pictures that are not of the
  /// rejected class has a lower one.
  public let threshold: Double

  /// The number of held-out pictures.
  public let count: Int

  /// The expected calibration error without the temperature, and with it: the mean difference of
  /// confidence and accuracy over 15 bins of equal width, of the pictures that are not of the
  /// rejected class.
  public let (errorBefore, errorAfter): (Double, Double)

  /// Fits temperature and threshold; `nil` if there are no pictures to reject or the logits are not
  /// finite.
  ///
  /// - Parameters:
  ///   - logits: The logits of all pictures, `classCount` for each.
  ///   - labels: The class of each picture.
  ///   - classCount: The number of classes.
  ///   - rejectedClass: The class whose pictures show none of the others; `nil` if there is none.
  ///   - score: The score; `nil` means ``RejectionScore/margin`` with a rejected class, and
  ///     ``RejectionScore/energy`` without.
  ///   - rejectRate: The share of the pictures of other classes that may be rejected.
  package init?(
    logits: [Float], labels: [UInt16], classCount: Int, rejectedClass: Int? = nil,
    score: RejectionScore? = nil, rejectRate: Double = Calibration.defaultRejectRate
  ) {
    guard !labels.isEmpty, logits.allSatisfy(\.isFinite) else { return nil }
    let values = logits.map(Double.init)
    guard labels.contains(where: { Int($0) != rejectedClass }) else { return nil }
    let answered = AnsweredPictures(values, labels, classCount, rejectedClass: rejectedClass)
    let temperature = 1 / answered.inverseTemperature()
    let score = score ?? (rejectedClass == nil ? .energy : .margin)
    var scores: [Double] = []
    for (row, label) in labels.enumerated() where Int(label) != rejectedClass {
      let calibrated = values[row * classCount..<(row + 1) * classCount].map { $0 / temperature }
      scores.append(score(calibrated, rejectedClass: rejectedClass))
    }
    scores.sort()
    let lost = Int(rejectRate * Double(scores.count))
    self.temperature = temperature
    self.score = score
    threshold = scores[min(max(lost, 0), scores.count - 1)]
    count = labels.count
    errorBefore = answered.error(temperature: 1)
    errorAfter = answered.error(temperature: temperature)
    guard threshold.isFinite else { return nil }
  }

  /// The share of pictures of other classes that may be rejected, unless another one is requested.
  package static let defaultRejectRate = 0.01

  /// The least number of held-out pictures that are not of the rejected class.
  package static let minimumCount = 20

  /// The calibration in the form of checkpoints.
  var config: RejectionConfig {
    RejectionConfig(score: score.rawValue, temperature: temperature, threshold: threshold)
  }
}

/// The held-out pictures that are not of the rejected class, and their logits of the other classes;
/// all if there is a single other class.
private struct AnsweredPictures {
  /// The logits, `classCount` for each picture.
  private let logits: [Double]

  /// The class of each picture.
  let labels: [UInt16]

  /// The number of classes but the rejected one.
  private let classCount: Int

  init(_ logits: [Double], _ labels: [UInt16], _ classCount: Int, rejectedClass: Int?) {
    // Of one other class alone, the odds against the rejected one remain.
    guard let rejectedClass, classCount > 2 else {
      (self.logits, self.labels, self.classCount) = (logits, labels, classCount)
      return
    }
    var kept: (logits: [Double], labels: [UInt16]) = ([], [])
    for (row, label) in labels.enumerated() where Int(label) != rejectedClass {
      for index in 0..<classCount where index != rejectedClass {
        kept.logits.append(logits[row * classCount + index])
      }
      kept.labels.append(label - (Int(label) > rejectedClass ? 1 : 0))
    }
    (self.logits, self.labels, self.classCount) = (kept.logits, kept.labels, classCount - 1)
  }

  /// Finds 1 / T, at which the slope of the cross-entropy, which is convex, is 0: Newton's method
  /// within an interval that shrinks.
  ///
  /// - Returns: 1 / T, from 0.05 to 4.
  func inverseTemperature() -> Double {
    /// The first and second derivative of the mean cross-entropy.
    func derivatives(_ beta: Double) -> (first: Double, second: Double) {
      var (first, second) = (0.0, 0.0)
      for (row, label) in labels.enumerated() {
        let start = row * classCount
        var largest = logits[start]
        for index in start..<start + classCount { largest = max(largest, logits[index]) }
        var (sum, mean, square) = (0.0, 0.0, 0.0)
        for index in start..<start + classCount {
          let difference = logits[index] - largest
          let weight = Elementary.exp(beta * difference)
          sum += weight
          mean += weight * difference
          square += weight * difference * difference
        }
        (mean, square) = (mean / sum, square / sum)
        first += mean - (logits[start + Int(label)] - largest)
        second += square - mean * mean
      }
      return (first / Double(labels.count), second / Double(labels.count))
    }
    var (low, high) = (0.05, 4.0)
    if derivatives(low).first >= 0 { return low }
    if derivatives(high).first <= 0 { return high }
    var beta = 1.0
    for _ in 0..<100 {
      let (first, second) = derivatives(beta)
      if first < 0 { low = beta } else { high = beta }
      let newton = beta - first / second
      let next = newton > low && newton < high ? newton : (low * high).squareRoot()
      if abs(next - beta) <= 1e-12 * beta { return next }
      beta = next
    }
    return beta
  }

  /// The expected calibration error.
  ///
  /// - Parameter temperature: The temperature.
  /// - Returns: The error, in `0...1`.
  func error(temperature: Double) -> Double {
    let binCount = 15
    var bins = [(confidence: Double, right: Double)](repeating: (0, 0), count: binCount)
    for (row, label) in labels.enumerated() {
      let scaled = logits[row * classCount..<(row + 1) * classCount].map { $0 / temperature }
      let largest = scaled.max() ?? 0
      let confidence = Elementary.exp(largest - RejectionScore.logSumExp(scaled))
      let bin = min(Int(confidence * Double(binCount)), binCount - 1)
      bins[bin].confidence += confidence
      if scaled.firstIndex(of: largest) == Int(label) { bins[bin].right += 1 }
    }
    return bins.reduce(0) { $0 + abs($1.confidence - $1.right) } / Double(labels.count)
  }
}
