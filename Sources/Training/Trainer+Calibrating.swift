import Checkpoints
import Datasets
import ModelFiles
import NeuralNetwork

/// The rejected class, and the calibration on held-out pictures.
///
/// A calibration belongs to the weights that were evaluated: it is computed after each epoch, saved
/// with these weights, and dropped by the next step. So it does not depend on interruptions.
extension Trainer {
  /// The index of the rejected class; `nil` if there is none.
  var rejectedClass: Int? {
    settings.recipe.rejectedClass.flatMap { name in
      (0..<settings.classes).first { className($0) == name }
    }
  }

  /// Checks that the data has the rejected class and enough pictures for a calibration.
  ///
  /// - Throws: ``TrainingError/recipe(_:)``.
  func checkCalibration() throws(TrainingError) {
    if let name = settings.recipe.rejectedClass {
      guard rejectedClass != nil else { throw .recipe(.unknownClass(name)) }
      guard settings.classes > 1 else { throw .recipe(.onlyRejectedClass(name)) }
    }
    guard settings.recipe.calibrates == true else { return }
    guard evaluatedOn == .validation else { throw .recipe(.calibrationOnTestData) }
    let counts = evaluated.classCounts(count: settings.classes)
    let count = evaluated.count - (rejectedClass.map { counts[$0] } ?? 0)
    guard count >= Calibration.minimumCount else { throw .recipe(.calibration(count: count)) }
  }

  /// Records the logits of the held-out pictures.
  ///
  /// - Parameter recorder: The logits of all of them.
  func calibrate(with recorder: LogitRecorder) {
    calibration = recorder.calibration(
      classCount: settings.classes, rejectedClass: rejectedClass,
      rejectRate: settings.recipe.rejectRate)
    rejection = calibration?.config
  }

  /// Calibrates the weights that are saved, whether or not a signal was received.
  func calibrateAgain() {
    guard settings.recipe.calibrates == true else { return }
    var recorder = LogitRecorder()
    withSavedWeights {
      model.forEachPrediction(evaluationBatches) { _, labels, logits in
        recorder.add(objective.logits(of: logits), labels)
        return true
      }
    }
    calibrate(with: recorder)
  }

  /// Calibrates the weights of a finished run that a signal stopped before its last evaluation.
  func calibrateIfNecessary() {
    guard settings.recipe.calibrates == true, rejection == nil else { return }
    calibrateAgain()
    if rejection != nil { saver.noteChange() }
  }

  /// Takes over the calibration in a file, whose weights were loaded.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - found: The state in the file.
  /// - Throws: ``TrainingError/checkpoint(_:)`` if it cannot be read.
  func takeCalibration(
    from file: borrowing CheckpointFile, _ found: TrainingState
  ) throws(TrainingError) {
    // Another one belongs to the weights of the best epoch, which the model no longer has.
    guard settings.recipe.calibrates == true,
      found.restoredEpoch == nil || found.restoredEpoch == found.epoch && found.stepInEpoch == 0
    else { return }
    rejection = try attempt { () throws(CheckpointError) in try file.pictureConfig()?.rejection }
  }
}
