public import NeuralNetwork

extension CheckpointFile {
  /// Finds out whether the model would need more memory or time than any known model does, or has
  /// more weights than the file can contain.
  ///
  /// Nothing is allocated for it. The loaders refuse such a model.
  ///
  /// - Returns: The reason; `nil` if it needs no more, or the file does not describe its layers.
  public func excessOfModel() -> KerasError? {
    do throws(CheckpointError) {
      guard let architecture = try describedArchitecture() else { return nil }
      do throws(KerasError) {
        let plan = try architecture.plan()
        do throws(ShapeError) {
          try ModelBudget.checkWeights(of: plan, fileSize: container.size)
        } catch {
          throw .shape(error)
        }
      } catch {
        throw .model(path: path, error)
      }
      return nil
    } catch {
      guard case .model(_, let cause) = error, cause.isExcessive else { return nil }
      return cause
    }
  }
}
