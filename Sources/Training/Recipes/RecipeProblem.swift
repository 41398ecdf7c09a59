/// A reason why a recipe does not fit the data.
///
/// ```swift
/// var options = RunOptions(savePath: "ckpt.h5")
/// do {
///   try options.use(["epocks": .integer(3)])
/// } catch {
///   print(error)  // A recipe has no setting 'epocks'
/// }
/// ```
public enum RecipeProblem: Error, Equatable, Sendable {
  /// The number of class weights is not that of the classes.
  case classWeights(count: Int, classes: Int)

  /// A range of pixels is given for data of numbers, which reach the model as they are.
  case rangeOfNumbers

  /// Weights are given for a class that the data does not have.
  case unknownClass(String)

  /// So many pictures of the training data cannot be held out for validation.
  case validation(count: Int, of: Int)

  /// A recipe has a name that no setting has.
  case unknown(String)

  /// A recipe gives a setting a value that it cannot have.
  case invalid(String, value: String)

  /// The run of the recipe started with the weights of a file, which the options do not name.
  case missingWeights

  /// A calibration needs held-out pictures, but the run has only test pictures.
  case calibrationOnTestData

  /// Too few pictures, without those of the rejected class, are held out for a calibration.
  case calibration(count: Int)

  /// The rejected class is the only one.
  case onlyRejectedClass(String)

  /// The batches are smaller than the number of shards.
  case shards(Int, batchSize: Int)

  /// The number of processes does not divide the number of shards.
  case processes(Int, shards: Int)

  /// The metric is not measured in this run.
  case monitor(Monitor, measured: EvaluationSet)
}

extension RecipeProblem: CustomStringConvertible {
  /// The problem in one sentence.
  public var description: String {
    switch self {
    case .classWeights(let count, let classes):
      "There are \(count) class weights for \(classes) classes"
    case .rangeOfNumbers:
      "The data holds numbers, which reach the model as they are; a range applies to bytes only"
    case .unknownClass(let name):
      "There is no class '\(name)' in the data"
    case .validation(let count, let total):
      "Of \(total) training pictures, \(count) cannot be held out for validation"
    case .unknown(let name):
      "A recipe has no setting '\(name)'"
    case .invalid(let name, let value):
      "The setting '\(name)' of a recipe cannot be \(value)"
    case .missingWeights:
      "The run of a recipe started with the weights of a file, which must be named here too"
    case .calibrationOnTestData:
      "A calibration needs held-out pictures; there are only training and test pictures"
    case .calibration(let count):
      "A calibration needs at least \(Calibration.minimumCount) held-out pictures of classes that "
        + "are not rejected, but there are \(count)"
    case .onlyRejectedClass(let name):
      "The rejected class '\(name)' is the only one"
    case .shards(let count, let size):
      "A batch of \(size) cannot be divided into \(count) shards"
    case .processes(let count, let shards):
      shards == 1
        ? "The batches of the run are not divided into shards, so that \(count) processes cannot "
          + "share them"
        : "The \(shards) shards of a batch cannot be divided among \(count) processes"
    case .monitor(let monitor, let set):
      "The metric '\(monitor.rawValue)' is not measured; this run measures "
        + set.resultNames.joined(separator: ", ")
    }
  }
}
