public import JSON
public import ModelFiles
import NeuralNetwork
import Tensors

/// A classifier of pictures that a file describes, without its weights.
///
/// See ``ModelChoice`` for an example.
public struct DescribedModel: Equatable, Sendable {
  /// The description in Keras's form: `{"class_name": "Sequential", "config": …}`.
  public let config: JSON

  /// The version of Keras that wrote the description; `nil` for Keras 3.
  let kerasVersion: String?

  /// Creates a model from a description.
  ///
  /// - Parameter config: The description in Keras's form, as of `model.to_json()`.
  public init(config: JSON) {
    (self.config, kerasVersion) = (config, config["keras_version"]?.string)
  }

  /// Reads the description in a file.
  ///
  /// - Parameter path: The path of a model of any format, or of the JSON text of Keras's
  ///   `model.to_json()`.
  /// - Throws: `CheckpointError` if the file cannot be read or does not describe a model.
  public init(opening path: String) throws(CheckpointError) {
    self.init(try ModelConfig(opening: path))
  }

  /// Reads the description in an open file.
  ///
  /// - Parameter file: The file.
  /// - Throws: `CheckpointError` if the file does not describe a model.
  init(in file: borrowing CheckpointFile) throws(CheckpointError) {
    self.init(try ModelConfig(in: file))
  }

  private init(_ description: ModelConfig) {
    (config, kerasVersion) = (description.json, description.kerasVersion)
  }

  /// The side of pictures for a model that leaves their size open, in pixels.
  static let side = 64

  /// The name of the model.
  public var name: String { config["config"]?["name"]?.string ?? "model" }

  /// The height, width and channels of its input; `nil` for those that the description leaves open,
  /// and without one.
  public var inputExtents: [Int?] {
    let extents = (try? Architecture(kerasConfig: config, kerasVersion: kerasVersion))?.inputExtents
    return extents.map { $0.count == 3 ? $0 : [nil, nil, nil] } ?? [nil, nil, nil]
  }

  /// What the description asks for and training does not do, such as regularizers.
  var notes: [String] {
    let architecture = try? Architecture(
      kerasConfig: config, kerasVersion: kerasVersion, inputShape: [Self.side, Self.side, 3])
    return architecture?.notes.map(\.description) ?? []
  }

  /// Returns the classifier for other pictures and classes.
  ///
  /// - Parameters:
  ///   - imageShape: The shape of an image: height, width and channels.
  ///   - classes: The number of classes, at least 1. Its head, the last layer with weights, gets as
  ///     many units or filters.
  ///   - frozen: Patterns for the names of layers that are not trained, beside those that the
  ///     description freezes; an empty list trains these too.
  /// - Returns: The description of the adapted model.
  /// - Throws: `KerasError` if the model cannot be used for them.
  func adapted(
    imageShape: Shape, classes: Int, frozen: [String]?
  ) throws(KerasError) -> DescribedModel {
    let described = try Architecture(
      kerasConfig: config, kerasVersion: kerasVersion, inputShape: imageShape)
    let architecture = try described.withClasses(classes)
    if frozen == [] { architecture.layers.forEach { $0.isTrainable = true } }
    return DescribedModel(config: architecture.kerasConfig())
  }

  /// Creates the model, unbuilt.
  ///
  /// - Parameters:
  ///   - imageShape: The shape of an image: height, width and channels.
  ///   - classes: The number of classes, at least 1.
  /// - Returns: The model.
  /// - Throws: `KerasError` if the description is not that of a classifier of such images.
  func makeModel(imageShape: Shape, classes: Int) throws(KerasError) -> GraphModel {
    let model = try Architecture(
      kerasConfig: config, kerasVersion: kerasVersion, inputShape: imageShape
    ).makeModel()
    guard model.outputNames.count == 1 else {
      throw .unsupportedForm(
        "it has the outputs \(model.outputNames.shortQuotedList), but a classifier has one")
    }
    if let layer = model.firstEmbedding {
      throw .unsupportedForm(
        "its layer '\(layer.name)' is an Embedding, which needs whole numbers, but a picture has "
          + "others")
    }
    let shape: Shape
    do throws(ShapeError) { shape = try model.outputShape(inputShape: imageShape) } catch {
      throw .shape(error)
    }
    guard Array(shape) == [classes] else {
      throw .malformed(
        "its output has the shape \(shape), so that it cannot tell \(classes) classes")
    }
    return model
  }
}
