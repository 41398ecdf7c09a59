/// A form in which models can be written.
///
/// ```swift
/// try Checkpoint(model: model).save(to: "\(folder)/model.onnx", as: .onnx)
/// let format = ModelFileFormat(path: "model.keras")  // .keras, from the end of the name
/// ```
public enum ModelFileFormat: String, CaseIterable, Sendable {
  /// A checkpoint: an HDF5 file that Keras 3 loads as weights with optimizer or as a whole model.
  case weights

  /// A `.keras` archive, which `keras.models.load_model` restores with its optimizer.
  case keras

  /// The whole-model HDF5 file of Keras 2, for `tf_keras`.
  case tfKeras = "tf-keras"

  /// A safetensors file with the architecture in its metadata.
  case safetensors

  /// A NumPy archive (`.npz`) of the weights, with the architecture.
  case npz

  /// A `state_dict` of PyTorch in a safetensors file, with the source code of its module.
  case torch

  /// A C header with the weights and a function that computes the outputs.
  case c

  /// A model for inference in other runtimes, without the optimizer.
  case onnx

  /// The writer of the form.
  package var writer: any WritableModelFormat.Type {
    switch self {
    case .weights: CheckpointFormat.self
    case .keras: KerasArchive.self
    case .tfKeras: Keras2Format.self
    case .safetensors: SafetensorsFormat.self
    case .npz: NPZFormat.self
    case .torch: TorchFormat.self
    case .c: CFormat.self
    case .onnx: ONNXFormat.self
    }
  }

  /// The format for a file name in Keras; `nil` if the name matches none.
  ///
  /// - Parameter path: A path such as `model.keras`, `model.weights.h5` or `model.h5`.
  public init?(path: String) {
    if path.hasSuffix(".weights.h5") {
      self = .weights
    } else if path.hasSuffix(".keras") {
      self = .keras
    } else if path.hasSuffix(".h5") || path.hasSuffix(".hdf5") {
      self = .tfKeras
    } else if path.hasSuffix(".safetensors") {
      self = .safetensors
    } else if path.hasSuffix(".npz") {
      self = .npz
    } else if path.hasSuffix(".h") {
      self = .c
    } else if path.hasSuffix(".onnx") {
      self = .onnx
    } else {
      return nil
    }
  }
}
