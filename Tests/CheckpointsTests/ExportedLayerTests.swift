import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Which layers PyTorch and C have; `check_torch.py` and `check_c.py` of `tools/keras` compare what
/// they compute.
@Suite("Every layer for PyTorch and C")
struct ExportedLayerTests {
  /// A layer of each class of the registry, and the shape of its input.
  private static func layers() -> [(layer: Layer, shape: Shape)] {
    let (vectors, sequences): (Shape, Shape) = ([4], [6, 4])
    let (images, volumes): (Shape, Shape) = ([6, 5, 2], [4, 6, 5, 2])
    return [
      (Activation(.sparsemax), vectors), (ActivityRegularization(l1: 0.1), vectors),
      (Add(), vectors), (AdditiveAttention(), sequences), (AlphaDropout(0.5), vectors),
      (Attention(), sequences), (Average(), vectors), (AveragePooling1D(2), sequences),
      (AveragePooling2D(2), images), (AveragePooling3D(2), volumes),
      (BatchNormalization(), vectors), (Bidirectional(LSTM(3)), sequences),
      (CategoryEncoding(4), vectors), (CenterCrop(3), images), (Concatenate(), vectors),
      (Conv1D(3, 2), sequences), (Conv1DTranspose(3, 2), sequences), (Conv2D(3, 2), images),
      (Conv2DTranspose(3, 2), images), (Conv3D(3, 2), volumes), (Conv3DTranspose(3, 2), volumes),
      (ConvLSTM1D(3, 2), images), (ConvLSTM2D(3, 2), volumes),
      (ConvLSTM3D(3, 2), [2, 4, 6, 5, 2]), (Cropping1D(), sequences), (Cropping2D(1), images),
      (Cropping3D(1), volumes), (Dense(3), vectors), (DepthwiseConv1D(2), sequences),
      (DepthwiseConv2D(2), images), (Discretization([0, 1]), vectors),
      (Dot(axes: (-1, -1)), vectors),
      (Dropout(0.5), vectors), (EinsumDense("abc,cd->abd", outputShape: [nil, 3]), sequences),
      (ELU(), vectors), (Embedding(9, 3), vectors), (Flatten(), images),
      (GaussianDropout(0.5), vectors), (GaussianNoise(0.5), vectors),
      (GlobalAveragePooling1D(), sequences), (GlobalAveragePooling2D(), images),
      (GlobalAveragePooling3D(), volumes), (GlobalMaxPooling1D(), sequences),
      (GlobalMaxPooling2D(), images), (GlobalMaxPooling3D(), volumes), (GRU(3), sequences),
      (GroupNormalization(groups: 2), images), (Identity(), vectors),
      (LayerNormalization(), vectors), (LayerScale(4), vectors), (LeakyReLU(), vectors),
      (LSTM(3), sequences), (Masking(maskValue: 1), sequences), (Maximum(), vectors),
      (MaxPooling1D(2), sequences), (MaxPooling2D(2), images), (MaxPooling3D(2), volumes),
      (Minimum(), vectors), (MultiHeadAttention(heads: 2, keySize: 3), sequences),
      (Multiply(), vectors), (Normalization(), vectors), (Permute([2, 1]), sequences),
      (PReLU(), vectors),
      (RandomCrop(3), images),
      (ReLU(), vectors),
      (RepeatVector(3), vectors), (Rescaling(2), vectors), (Reshape([2, 2]), vectors),
      (Resizing(3), images), (SeparableConv1D(3, 2), sequences),
      (SeparableConv2D(3, 2), images), (SimpleRNN(3), sequences), (Softmax(), vectors),
      (SpatialDropout1D(0.5), sequences), (SpatialDropout2D(0.5), images), (Subtract(), vectors),
      (TimeDistributed(Dense(3)), sequences), (UnitNormalization(), vectors),
      (UpSampling1D(2), sequences), (UpSampling2D(2), images), (UpSampling3D(2), volumes),
      (ZeroPadding1D(), sequences), (ZeroPadding2D(1), images), (ZeroPadding3D(1), volumes),
    ]
  }

  /// A model of one layer, which gets the input twice if it merges inputs.
  private final class Around: Model {
    let layer: Layer

    init(_ layer: Layer) {
      self.layer = layer
      super.init(name: "around")
    }

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      type(of: layer).mergesInputs ? layer([x, x]) : layer(x)
    }
  }

  private static func className(of layer: Layer) -> String { type(of: layer).className }

  @Test("The table has every class of the registry but those that act only in training")
  func isComplete() {
    let missing = Set(KerasRegistry.layers.map { $0.className })
      .subtracting(Self.layers().map { Self.className(of: $0.layer) })
    // Augmentations that a model of Keras may contain, and that do nothing in predictions.
    #expect(missing.allSatisfy { $0.hasPrefix("Random") }, "\(missing.sorted())")
  }

  /// The classes that a form refuses, with the wrong messages among them.
  private func refused(_ format: ModelFileFormat, as form: String) throws -> [String] {
    try withTemporaryDirectory { directory in
      Self.layers().compactMap { layer, shape in
        let (model, name) = (Around(layer), Self.className(of: layer))
        model.build(inputShape: shape)
        let path = "\(directory)/\(name)"
        let text = message { try Checkpoint(model: model).save(to: path, as: format) }
        guard text != "no error" else { return nil }
        let isNamed = text.contains("(\(name))") && text.hasSuffix("cannot be written as \(form)")
        return isNamed ? name : "\(name): \(text)"
      }
    }
  }

  @Test("PyTorch has every layer")
  func torch() throws {
    #expect(try refused(.torch, as: "a module of PyTorch") == [])
  }

  @Test("C has every layer but these")
  func c() throws {
    #expect(
      try refused(.c, as: "C") == [
        "AdditiveAttention", "Attention", "AveragePooling3D", "Conv3D", "Conv3DTranspose",
        "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Cropping3D", "GlobalAveragePooling3D",
        "GlobalMaxPooling3D", "MaxPooling3D", "MultiHeadAttention", "UpSampling3D",
        "ZeroPadding3D",
      ])
  }
}
