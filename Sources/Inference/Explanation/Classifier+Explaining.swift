import NeuralNetwork
import Tensors
import Threads

/// Explaining answers.
extension Classifier {
  /// Finds the parts of a picture that an answer depends on.
  ///
  /// The score whose gradients are taken is the logit of the class, or the logarithm of its
  /// probability if the model ends with probabilities.
  ///
  /// - Parameters:
  ///   - prediction: An answer of this classifier.
  ///   - method: The method.
  ///   - label: The class to explain, less than ``classCount``; by default the answer.
  /// - Returns: The influence of each pixel of the preprocessed picture.
  /// - Throws: ``ExplanationError`` if the method does not fit the model, or its gradients would
  ///   take too much memory.
  public func explain(
    _ prediction: Prediction, by method: ExplanationMethod, label: Int? = nil
  ) throws(ExplanationError) -> Explanation {
    let label = label ?? prediction.label
    if method != .occlusion { try checkMemory() }
    let influence =
      switch method {
      case .occlusion: occlusion(of: prediction, label)
      case .saliency: saliency(of: prediction, label)
      case .gradcam: try gradCAM(of: prediction, label)
      }
    return Explanation(
      method, label: label, width: prediction.width, height: prediction.height,
      influence: influence)
  }

  /// Throws if the gradients would take too much memory.
  private func checkMemory() throws(ExplanationError) {
    guard
      let memory = try? GradientMemory(
        of: model, inputShapes: [preparation.layout.shape], copies: 2)
    else { return }
    do throws(GradientMemoryError) {
      try memory.check(examples: 1, available: AvailableMemory.bytes())
    } catch {
      throw .memory(error)
    }
  }

  private func occlusion(of prediction: Prediction, _ label: Int) -> [Float] {
    let (width, height, channels) = (prediction.width, prediction.height, prediction.channels)
    let samples = prediction.samples
    let fill = (0..<channels).map { channel -> UInt8 in
      if recognisesDigits { return 0 }
      let sum = stride(from: channel, to: samples.count, by: channels).reduce(0) {
        $0 + Int(samples[$1])
      }
      return UInt8((sum + width * height / 2) / (width * height))
    }
    let side = max(1, (min(width, height) + 3) / 7)
    let step = max(1, side / 2)
    /// The first pixels of the squares, the last at the edge.
    func starts(_ length: Int) -> [Int] {
      let last = max(0, length - side)
      return Array(stride(from: 0, to: last, by: step)) + [last]
    }
    let squares = starts(height).flatMap { y in starts(width).map { (x: $0, y: y) } }
    let before = probabilities(of: [samples])[0][label]
    var drops = [Float](repeating: 0, count: width * height)
    var counts = drops
    let count = min(64, batchSize)
    for part in stride(from: 0, to: squares.count, by: count) {
      let squares = squares[part..<min(part + count, squares.count)]
      let hidden = squares.map { square in
        var hidden = samples
        for y in square.y..<min(square.y + side, height) {
          for x in square.x..<min(square.x + side, width) {
            for channel in 0..<channels where channel < 3 {
              hidden[(y * width + x) * channels + channel] = fill[channel]
            }
          }
        }
        return hidden
      }
      for (square, after) in zip(squares, probabilities(of: hidden)) {
        for y in square.y..<min(square.y + side, height) {
          for x in square.x..<min(square.x + side, width) {
            drops[y * width + x] += before - after[label]
            counts[y * width + x] += 1
          }
        }
      }
    }
    return zip(drops, counts).map { max(0, $0 / $1) }
  }

  /// The probabilities of pictures, without a calibration.
  private func probabilities(of pictures: [[UInt8]]) -> [[Float]] {
    let outputs = model(preparation.layout.tensor(of: pictures, in: scaling.range)).scalars
    let count = outputs.count / pictures.count
    return pictures.indices.map { index in
      let output = Array(outputs[index * count..<(index + 1) * count])
      return OutputKind.probabilities(of: output, meaning: meaning, isBinary: isBinary)?
        .probabilities ?? output
    }
  }

  private func saliency(of prediction: Prediction, _ label: Int) -> [Float] {
    let layout = preparation.layout
    let input = Variable(
      layout.tensor(of: [prediction.samples], in: scaling.range), name: "input")
    let score = withGradientTape { classScore(model(input.value), label) }
    guard let gradient = score.gradients()[input]?.scalars else {
      return [Float](repeating: 0, count: prediction.width * prediction.height)
    }
    let area = prediction.width * prediction.height
    let channels = layout.channels
    return (0..<area).map { pixel in
      (0..<channels).reduce(Float(0)) { largest, channel in
        let index = layout.isChannelsFirst ? channel * area + pixel : pixel * channels + channel
        return max(largest, abs(gradient[index]))
      }
    }
  }

  private func gradCAM(
    of prediction: Prediction, _ label: Int
  ) throws(ExplanationError) -> [Float] {
    guard let graph = model.graph, let index = lastSpatialCall(of: graph) else {
      throw .noSpatialLayer
    }
    let input = preparation.layout.tensor(of: [prediction.samples], in: scaling.range)
    var features: Variable?
    let score = withGradientTape {
      classScore(
        graph.output(of: input) { call, output in
          guard call == index else { return output }
          let variable = Variable(output, name: "features")
          features = variable
          return variable.value
        }, label)
    }
    let size = (width: prediction.width, height: prediction.height)
    guard let features, let gradient = score.gradients()[features]?.scalars else {
      return [Float](repeating: 0, count: size.width * size.height)
    }
    let (height, width, channels) = (
      features.shape[1], features.shape[2], features.shape[3]
    )
    var weights = [Float](repeating: 0, count: channels)
    for place in gradient.indices { weights[place % channels] += gradient[place] }
    let area = Float(height * width)
    let values = features.value.scalars
    let sums = (0..<height * width).map { place in
      max(
        0,
        (0..<channels).reduce(Float(0)) {
          $0 + weights[$1] / area * values[place * channels + $1]
        })
    }
    return enlarged(sums, width: width, height: height, to: size)
  }

  /// Whether a layer after a convolution has a spatial extent, which Grad-CAM needs.
  var canUseGradCAM: Bool { model.graph.flatMap(lastSpatialCall) != nil }

  /// The last call of a layer whose output has a spatial extent, after a convolution.
  private func lastSpatialCall(of graph: Graph) -> Int? {
    var shapes: [Shape] = []
    let layout = preparation.layout
    let size = layout.height * layout.width * layout.channels
    let input = preparation.layout.tensor(
      of: [[UInt8](repeating: 0, count: size)], in: scaling.range)
    _ = graph.output(of: input) { _, output in
      shapes.append(output.shape)
      return output
    }
    guard
      let first = graph.calls.firstIndex(where: { $0.layer is BaseConv || $0.layer is GraphModel })
    else { return nil }
    return shapes.indices.last { index in
      index >= first && shapes[index].count == 4 && shapes[index][1] * shapes[index][2] > 1
    }
  }

  /// The scalar whose gradients explain a class.
  private func classScore(_ output: Tensor, _ label: Int) -> Tensor {
    let isLogit = meaning == .logits || meaning == .unknown
    if output.count == 1 {
      // A single sigmoid, or the logit of one: class 1, and class 0 for the rest.
      let value = isLogit ? output : (label == 1 ? output : 1 - output).log()
      return (isLogit && label == 0 ? -value : value).sum()
    }
    let chosen = Tensor(
      (0..<output.count).map { $0 == label ? 1 : 0 }, shape: output.shape)
    return isLogit ? (output * chosen).sum() : (output * chosen).sum().log()
  }
}

/// Enlarges a map as `tf.image.resize` does: bilinear, with pixels' centres at halves.
private func enlarged(
  _ map: [Float], width: Int, height: Int, to size: (width: Int, height: Int)
) -> [Float] {
  /// The two neighbours of each place, and the share of the second.
  func neighbours(_ count: Int, _ length: Int) -> [(Int, Int, Float)] {
    (0..<count).map { index in
      let place = (Float(index) + 0.5) * Float(length) / Float(count) - 0.5
      let low = place.rounded(.down)
      return (
        min(max(Int(low), 0), length - 1), min(max(Int(low) + 1, 0), length - 1), place - low
      )
    }
  }
  let columns = neighbours(size.width, width)
  return neighbours(size.height, height).flatMap { top, bottom, down in
    columns.map { left, right, across in
      let upper = map[top * width + left] * (1 - across) + map[top * width + right] * across
      let lower = map[bottom * width + left] * (1 - across) + map[bottom * width + right] * across
      return upper * (1 - down) + lower * down
    }
  }
}
