import NeuralNetwork
import Tensors

/// What the layers of a model say about its input and its output.
struct ModelForm {
  /// The input, of the requested size if there is one.
  let layout: InputLayout

  /// Whether the size is neither that of the file nor requested.
  let assumesSize: Bool

  /// The number of classes: 2 for a single output.
  let classCount: Int

  /// The meaning of the output.
  let meaning: OutputMeaning

  /// The pixel value range that the first layers expect.
  let scaling: InputScaling

  /// The number of pictures that may pass through the model together, so that a model that needs
  /// much memory for one picture does not need it many times.
  let batchLimit: Int

  /// The number of pictures that pass through the model in a moment, or in the time that it takes
  /// to load its weights.
  let callLimit: Int

  /// Follows the layers.
  ///
  /// - Parameters:
  ///   - model: The model, which is built.
  ///   - size: The requested size of the input; `nil` for that of the file.
  /// - Throws: ``ModelProblem`` if the model is no classifier of images, or not of this size.
  init(of model: GraphModel, size: ClassifierOptions.Size?) throws(ModelProblem) {
    guard model.inputNames.count <= 1 else { throw .inputs(model.inputNames) }
    guard model.outputNames.count <= 1 else { throw .outputs(model.outputNames) }
    guard let graph = model.graph, let inputShape = model.inputShape,
      let own = InputLayout(inputShape)
    else { throw .input(shape: model.inputShape.map(Array.init) ?? []) }
    let extents = model.inputExtents?.first
    assumesSize = size == nil && own.isOpen(in: extents)
    let size = size ?? own.size
    guard let layout = own.resized(to: size, in: extents) else {
      throw .size(own.size, requested: size)
    }
    self.layout = layout
    if layout != own {
      do throws(ShapeError) { try model.checkInput(shape: layout.shape) } catch {
        throw .unsupportedSize(size, reason: "\(error)")
      }
    }
    if let layer = model.firstEmbedding { throw .lookup(layer: layer.name) }
    let output = (try? model.outputShape(inputShape: layout.shape)).map(Array.init) ?? []
    guard !output.isEmpty, output.count(where: { $0 != 1 }) <= 1 else {
      throw .output(shape: output)
    }
    classCount = max(2, output.reduce(1, *))
    let cost = (try? model.cost(inputShapes: [layout.shape])) ?? ModelCost()
    batchLimit = max(1, Int(min(256, ModelBudget.Limit.peak / max(1, cost.peak))))
    let share = max(
      cost.multiplications / (0x1p35 + 0x1p13 * cost.weights),
      cost.elements / (0x1p27 + 0x1p7 * cost.weights))
    callLimit = Int(min(0x1p20, 1 / max(0x1p-20, share)))
    meaning = OutputMeaning(of: graph)
    scaling = InputScaling(of: graph)
  }
}
