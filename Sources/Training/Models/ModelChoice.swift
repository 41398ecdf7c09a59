import Inference
import JSON
import NeuralNetwork
import Tensors

/// The model of a run: one of those that have names here, or one that a file describes.
///
/// ```swift
/// var options = RunOptions(savePath: "ckpt.h5")
/// options.model = .described(try DescribedModel(opening: path))  // its layers, new weights
/// let extents = options.model?.inputExtents  // [28, 28, 1]
/// ```
public enum ModelChoice: Equatable, Sendable {
  /// A model by name.
  case named(ModelName)

  /// A model that a file describes; its input and its last layer adapt to the data.
  case described(DescribedModel)

  /// The choice in the form of checkpoints and recipes: a name, or a description.
  var json: JSON {
    switch self {
    case .named(let name): .string(name.rawValue)
    case .described(let model): model.config
    }
  }

  /// Reads a choice; `nil` if the JSON is none.
  init?(json: JSON) {
    if let name = json.string.flatMap(ModelName.init) {
      self = .named(name)
    } else if json["class_name"] != nil {
      self = .described(DescribedModel(config: json))
    } else {
      return nil
    }
  }

  /// The name of the model.
  public var name: String {
    switch self {
    case .named(let name): name.rawValue
    case .described(let model): model.name
    }
  }

  /// The height, width and channels to which pictures are brought for the model; `nil` for those
  /// that can be any.
  public var inputExtents: [Int?] {
    switch self {
    case .named(let name): return [name.imageSize.height, name.imageSize.width, nil]
    case .described(let model):
      let extents = model.inputExtents
      return extents.prefix(2).contains(nil)
        ? [DescribedModel.side, DescribedModel.side, extents[2]] : extents
    }
  }

  /// Returns the choice for pictures and classes.
  ///
  /// - Parameters:
  ///   - imageShape: The shape of an image: height, width and channels.
  ///   - classes: The number of classes, at least 1.
  ///   - frozen: Patterns for the names of layers that are not trained, beside those that the
  ///     description freezes; an empty list trains these too.
  /// - Returns: The adapted choice.
  /// - Throws: ``UntrainableModel`` if the model cannot be used for them.
  func adapted(
    imageShape: Shape, classes: Int, frozen: [String]?
  ) throws(UntrainableModel) -> ModelChoice {
    switch self {
    case .named: return self
    case .described(let model):
      do throws(KerasError) {
        return .described(
          try model.adapted(imageShape: imageShape, classes: classes, frozen: frozen))
      } catch {
        throw .description(error)
      }
    }
  }

  /// Creates the model, unbuilt.
  ///
  /// - Parameters:
  ///   - imageShape: The shape of an image: height, width and channels.
  ///   - classes: The number of classes, at least 1.
  /// - Returns: The model.
  /// - Throws: ``UntrainableModel`` if the model cannot be used for them.
  func makeModel(imageShape: Shape, classes: Int) throws(UntrainableModel) -> Model {
    switch self {
    case .named(let name):
      let (height, width) = (imageShape[0], imageShape[1])
      guard min(height, width) >= name.minimumSide else {
        throw .tooSmall(name, height: height, width: width)
      }
      return name.makeModel(imageShape: imageShape, classes: classes)
    case .described(let description):
      let model: GraphModel
      do throws(KerasError) {
        model = try description.makeModel(imageShape: imageShape, classes: classes)
      } catch {
        throw .description(error)
      }
      guard let graph = model.graph, OutputMeaning(of: graph).isOfClassifier else { throw .output }
      return model
    }
  }

  /// Whether the outputs of a model of this choice are logits, not probabilities.
  func hasLogits(_ model: Model) -> Bool {
    guard case .described = self, let graph = model.graph else { return true }
    return OutputMeaning(of: graph) == .logits
  }
}
