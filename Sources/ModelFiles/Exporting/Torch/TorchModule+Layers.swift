import NeuralNetwork
import Tensors

/// The layers in PyTorch, each family in a file of the folder `Layers`.
extension TorchModule {
  /// Translates a call of a layer.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - inputs: Its inputs, with their masks.
  /// - Returns: The expressions of its results.
  /// - Throws: ``CheckpointError`` if the layer has no equivalent, or its weights cannot be read.
  mutating func translate(
    _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> [Value] {
    switch call.layer {
    case let layer as BaseRecurrent: try recurrent(layer, call, inputs)
    case let layer as BaseConvLSTM: try recurrent(layer, call, inputs)
    case let layer as Bidirectional: try bidirectional(layer, call, inputs)
    default: [try translateOne(call, inputs)]
    }
  }

  /// Translates a call of a layer with one result.
  private mutating func translateOne(
    _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> Value {
    let input = inputs[0]
    switch call.layer {
    case let layer as GlobalAveragePooling1D where input.mask != nil:
      return averaged(layer, input)
    case let layer as Spatial1D: return try translateOne(call.planar(layer), inputs)
    case let layer as Conv2D:
      return try convolution(layer, call, input, groups: layer.groups)
    case let layer as DepthwiseConv2D:
      return try convolution(layer, call, input, groups: call.inputShapes[0][2])
    case let layer as SeparableConv2D: return try separable(layer, call, input)
    case let layer as Conv2DTranspose: return try transposed(layer, call, input)
    case let layer as BasePooling: return try pooling(layer, call, input)
    case let layer as BaseGlobalPooling: return try globalPooling(layer, call, input)
    case let layer as Dense: return try dense(layer, call, input)
    case let layer as BatchNormalization: return try batchNormalization(layer, call, input)
    case let layer as LayerNormalization: return try layerNormalization(layer, call, input)
    case let layer as GroupNormalization: return try groupNormalization(layer, call, input)
    case let layer as UnitNormalization: return unitNormalized(layer, call, input)
    case let layer as Normalization: return try normalization(layer, call, input)
    case let layer as PReLU: return try prelu(layer, call, input)
    case let layer as Activation: return activated(layer.activation, input, call)
    case let layer as Softmax: return softmax(layer, call, inputs)
    case let layer as LeakyReLU:
      return Value(
        code: "F.leaky_relu(\(input.code), \(Float(layer.negativeSlope)))", layout: input.layout)
    case let layer as ELU:
      return Value(code: "F.elu(\(input.code), \(Float(layer.alpha)))", layout: input.layout)
    case let layer as ReLU: return rectified(layer, call, input)
    case is Flatten: return flattened(call, input)
    case is Reshape:
      return Value(
        code: "\(natural(input).code).reshape\(tuple([-1] + call.outputShape.dimensions))",
        layout: .natural)
    case let layer as Permute: return permuted(layer, input)
    case let layer as Rescaling: return rescaled(layer, call, input)
    case is LayerScale: return try scaled(call, input)
    case let layer as Resizing:
      let fitting = ImageFitting(layer, call.inputShapes[0])
      return fitted(fitting, layer.interpolation, call, input)
    case let layer as BaseCrop:
      return fitted(ImageFitting(layer, call.inputShapes[0]), .bilinear, call, input)
    case let layer as Cropping2D:
      return Value(
        code: channelsFirst(input, call).code + slices(layer.cropping, call.inputShapes[0], call),
        layout: call.layout)
    case let layer as ZeroPadding2D:
      return Value(
        code: padded(channelsFirst(input, call).code, layer.padding, call), layout: call.layout)
    case let layer as UpSampling2D:
      let size = Size2D(call.outputShape[0], call.outputShape[1])
      return Value(
        code: interpolated(channelsFirst(input, call).code, size, layer.interpolation, call),
        layout: call.layout)
    case let layer as RepeatVector:
      return Value(
        code: "\(natural(input).code).unsqueeze(1).expand(-1, \(layer.count), -1)",
        layout: .natural)
    case let layer as Concatenate: return concatenated(layer, call, inputs)
    case let layer as Dot: return multiplied(layer, call, inputs)
    case let layer as Merge: return try merged(layer, call, inputs)
    case let layer as Masking: return masked(layer, call, input)
    case let layer as Conv3D: return try convolution(layer, call, input)
    case let layer as Conv3DTranspose: return try transposed(layer, call, input)
    case let layer as BasePooling3D: return try pooling(layer, call, input)
    case let layer as BaseGlobalPooling3D: return try globalPooling(layer, call, input)
    case let layer as Cropping3D: return cropped(layer, call, input)
    case let layer as ZeroPadding3D: return padded(layer, input)
    case is UpSampling3D: return enlarged(call, input)
    case let layer as Embedding: return try embedded(layer, call, input)
    case let layer as EinsumDense: return try einsum(layer, call, input)
    case let layer as CategoryEncoding: return encoded(layer, call, input)
    case let layer as Discretization: return discretized(layer, call, input)
    case let layer as BaseAttention: return try attention(layer, call, inputs)
    case let layer as MultiHeadAttention: return try attention(layer, call, inputs)
    case is TimeDistributed: return try distributed(call, input)
    default: throw call.refused("a module of PyTorch")
    }
  }
}
