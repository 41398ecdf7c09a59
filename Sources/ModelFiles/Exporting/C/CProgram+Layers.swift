import NeuralNetwork
import Tensors

/// The layers in C, each family in a file of the folder `Layers`.
extension CProgram {
  /// Translates a call of a layer.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - index: Its index.
  /// - Throws: ``CheckpointError`` if the layer has no equivalent, or its weights cannot be read.
  mutating func translate(
    _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (x, y) = (place(of: call.inputs[0]), place(ofResult: index))
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let count = output.elementCount
    switch call.layer {
    case let layer where layer.sharesMemory: break
    case is GlobalAveragePooling1D where call.masks[0] != nil:
      averaged(call, call.masks[0].flatMap { maskPlaces[$0] } ?? "0", index)
    case let layer as Spatial1D: try translate(call.planar(layer), index)
    case let layer as BaseConv: try convolution(layer, call, index)
    case let layer as BasePooling: try pooling(layer, call, index)
    case let layer as BaseGlobalPooling: try globalPooling(layer, call, index)
    case let layer as Dense: try dense(layer, call, index)
    case let layer as BatchNormalization: try batchNormalization(layer, call, index)
    case let layer as LayerNormalization: try layerNormalization(layer, call, index)
    case let layer as GroupNormalization: try groupNormalization(layer, call, index)
    case let layer as UnitNormalization:
      unitNormalization(layer.axes, atLeast: 1e-12, of: input, x, to: y, index)
    case let layer as Normalization: try normalization(layer, call, index)
    case is PReLU: try prelu(call, index)
    case let layer as Activation:
      apply(layer.activation, from: x, to: y, input.elementCount, last: input.last ?? 1)
    case is Softmax where call.inputs.count > 1:
      throw call.refused("C", "takes a mask as an input, and")
    case let layer as Softmax:
      alongAxes(layer.axes, of: input, x, to: y, index) { program, x, y, block in
        program.add(.softmax, [x, y, block.outer, block.count, block.inner])
      }
    case let layer as LeakyReLU:
      rectified(x, y, count, slope: Float(layer.negativeSlope))
    case let layer as ELU:
      let alpha = Float(layer.alpha).cText
      each(x, y, count) { "\($0) > 0.0f ? \($0) : \(alpha) * expm1f(\($0))" }
    case let layer as ReLU:
      rectified(
        x, y, count, slope: Float(layer.negativeSlope), threshold: Float(layer.threshold),
        most: layer.maxValue.map { Float($0) } ?? .infinity)
    case let layer as Permute: permuted(layer, call, index)
    case let layer as RepeatVector: repeated(layer, call, index)
    case let layer as Rescaling: rescaled(layer, call, index)
    case let layer as LayerScale: try scaled(layer, call, index)
    case let layer as Resizing:
      fitted(ImageFitting(layer, input), layer.interpolation, call, index)
    case let layer as BaseCrop: fitted(ImageFitting(layer, input), .bilinear, call, index)
    case let layer as Cropping2D: cut(layer.cropping, input, x, to: y)
    case let layer as ZeroPadding2D: surrounded(layer.padding, input, x, to: y, fill: 0)
    case let layer as UpSampling2D:
      interpolated(x, input, to: y, output, layer.interpolation)
    case let layer as Concatenate: concatenated(layer, call, index)
    case let layer as Dot: multiplied(layer, call, index)
    case let layer as Merge: try merged(layer, call, index)
    case let layer as Masking:
      let width = input.last ?? 1
      add(.masking, [x, y, count / max(1, width), width, Float(layer.maskValue)])
    case let layer as BaseRecurrent: try recurrent(layer, call, index)
    case let layer as Bidirectional: try bidirectional(layer, call, index)
    case is TimeDistributed: try distributed(call, index)
    case let layer as Embedding: try embedded(layer, call, index)
    case let layer as CategoryEncoding: encoded(layer, call, index)
    case let layer as Discretization: discretized(layer, call, index)
    case let layer as EinsumDense: try einsum(layer, call, index)
    default: throw call.refused("C")
    }
  }
}
