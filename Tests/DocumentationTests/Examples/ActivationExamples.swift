import Cairn
import Testing

/// The examples in the comments of activations, normalizations, dropout and augmentation.
@Suite("Examples of activations, normalizations and random layers")
struct ActivationExamples {
  @Test func activationFunction() {
    let positive = ActivationFunction.relu([-1, 2])  // [0, 2]
    let byName = ActivationFunction(rawValue: "gelu")  // .gelu, as Keras names it
    let layer = Dense(64, activation: .gelu)
    #expect(positive == [0, 2])
    #expect(byName == .gelu && layer.activation == .gelu)
  }

  @Test func relu() {
    let layer = ReLU(maxValue: 6, negativeSlope: 0.5)
    let y = layer(Tensor([-2, 3, 8]))  // [-1, 3, 6]
    #expect(y == [-1, 3, 6])
  }

  @Test func leakyReLU() {
    let layer = LeakyReLU(negativeSlope: 0.25)
    let y = layer(Tensor([-2, 3]))  // [-0.5, 3]
    #expect(y == [-0.5, 3])
  }

  @Test func elu() {
    let layer = ELU(alpha: 1)
    let y = layer(Tensor([-1, 2]))  // [e⁻¹ - 1, 2] = [-0.632, 2]
    #expect(abs(y[0] + 0.63212) < 1e-5 && y[1] == 2)
  }

  @Test func prelu() {
    let layer = PReLU(sharedAxes: [1, 2])  // one slope for each channel
    let y = layer(Tensor(zeros: [8, 28, 28, 16]))  // [8, 28, 28, 16]
    let slopes = layer.alpha.shape  // [1, 1, 16]
    #expect(y.shape == [8, 28, 28, 16])
    #expect(slopes == [1, 1, 16])
  }

  @Test func softmax() {
    let logits: Tensor = [[0, 0, 0, 0]]
    let probabilities = Softmax()(logits)  // [[0.25, 0.25, 0.25, 0.25]]
    #expect(probabilities == [[0.25, 0.25, 0.25, 0.25]])
  }

  @Test func layerNormalization() {
    let layer = LayerNormalization()
    let x: Tensor = [[1, 3], [10, 30]]
    let y = layer(x)  // about [[-1, 1], [-1, 1]]: each row by itself
    #expect(zip(y.scalars, [-1, 1, -1, 1]).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func groupNormalization() {
    let layer = GroupNormalization(groups: 8)
    let y = layer(Tensor(zeros: [2, 14, 14, 32]))  // [2, 14, 14, 32]; 4 channels in each group
    #expect(y.shape == [2, 14, 14, 32])
    #expect(layer.parameterCount == 64)
  }

  @Test func unitNormalization() {
    let x: Tensor = [[3, 4]]
    let y = UnitNormalization()(x)  // [[0.6, 0.8]]
    #expect(zip(y.scalars, [0.6, 0.8]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func normalization() {
    let measured: Tensor = [[1, 100], [3, 300]]

    let layer = Normalization()
    layer.adapt(measured)  // mean [2, 200] and variance [1, 10000] of the columns
    let y = layer(measured)  // [[-1, -1], [1, 1]]
    #expect(y == [[-1, -1], [1, 1]])
  }

  @Test func coefficients() {
    let mean: Coefficients = [0.5, 0.4, 0.3]  // one for each channel; 0.4 alone would be for all
    let layer = Normalization(mean: mean, variance: [0.25, 0.25, 0.0625])
    let pixel: Tensor = [[0.5, 0.4, 0.8]]
    let y = layer(pixel)  // [[0, 0, 2]]: (0.8 - 0.3) / √0.0625
    #expect(zip(y.scalars, [0, 0, 2]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func alphaDropout() {
    let x = Tensor(zeros: [8, 64])

    let model = Sequential([
      Dense(64, activation: .selu, kernelInitializer: .lecunNormal), AlphaDropout(0.1), Dense(10),
    ])
    let logits = model(x, training: true)  // [8, 10]
    #expect(logits.shape == [8, 10])
    #expect(AlphaDropout(0.1)(x, training: false) == x)
  }

  @Test func gaussianDropout() {
    let x = Tensor(repeating: 1, shape: [1000])

    let layer = GaussianDropout(0.2)
    let noisy = layer(x, training: true)  // x times numbers of mean 1 and deviation 0.5
    let same = layer(x, training: false)  // x
    #expect(abs(noisy.mean().scalar - 1) < 0.1 && noisy != x)
    #expect(same == x)
  }

  @Test func gaussianNoise() {
    let x = Tensor(zeros: [1000])

    let layer = GaussianNoise(0.1)
    let noisy = layer(x, training: true)  // x plus numbers of mean 0 and deviation 0.1
    let same = layer(x, training: false)  // x
    #expect(abs(noisy.square().mean().scalar.squareRoot() - 0.1) < 0.02)
    #expect(same == x)
  }

  @Test func spatialDropout1D() {
    let x = Tensor(repeating: 1, shape: [2, 50, 64])

    let layer = SpatialDropout1D(0.5)
    let dropped = layer(x, training: true)  // [2, 50, 64]: 0 or 2 in all steps of a channel
    #expect(dropped.shape == x.shape && Set(dropped.scalars) == [0, 2])
    #expect((0..<50).allSatisfy { dropped[0, $0, 3] == dropped[0, 0, 3] })
  }

  @Test func spatialDropout2D() {
    let x = Tensor(repeating: 1, shape: [2, 7, 7, 64])

    let layer = SpatialDropout2D(0.5)
    let dropped = layer(x, training: true)  // [2, 7, 7, 64]: 0 or 2 in all pixels of a channel
    #expect(dropped.shape == x.shape && Set(dropped.scalars) == [0, 2])
    #expect((0..<7).allSatisfy { dropped[1, $0, 3, 5] == dropped[1, 0, 0, 5] })
  }

  @Test func activityRegularization() {
    let layer = ActivityRegularization(l2: 1e-4)
    let same = layer(Tensor([1, 2]))  // [1, 2]
    #expect(same == [1, 2])
  }

  @Test func randomBrightness() {
    let images = Tensor(repeating: 0.5, shape: [8, 32, 32, 3])

    let layer = RandomBrightness(0.2, valueRange: 0...1)  // adds a number from -0.2 to 0.2
    let changed = layer(images, training: true)  // [8, 32, 32, 3], each picture otherwise
    #expect(changed.shape == images.shape)
    #expect(changed.scalars.allSatisfy { (0.29...0.71).contains($0) } && changed != images)
  }

  @Test func randomContrast() {
    let images = Tensor((0..<8 * 12).map { Float($0 % 12) / 12 }, shape: [8, 2, 2, 3])

    let layer = RandomContrast(lower: 0.5, upper: 0.5, valueRange: 0...1)
    let changed = layer(images, training: true)  // contrast times a factor from 0.5 to 1.5
    #expect(changed.shape == images.shape && changed != images)
  }

  @Test func randomCrop() {
    let images = Tensor(zeros: [8, 36, 36, 3])

    let layer = RandomCrop(32)
    let cropped = layer(images, training: true)  // [8, 36, 36, 3] → [8, 32, 32, 3]
    #expect(cropped.shape == [8, 32, 32, 3])
  }

  @Test func randomRotation() {
    let images = Tensor(zeros: [8, 32, 32, 3])

    let layer = RandomRotation(0.1, fillMode: .constant)  // up to 36° to each side, black around
    let rotated = layer(images, training: true)  // [8, 32, 32, 3]
    #expect(rotated.shape == images.shape)
  }

  @Test func randomTranslation() {
    let images = Tensor(zeros: [8, 32, 32, 3])

    let layer = RandomTranslation(0.1, .between(0, 0.25))  // vertically, and to the right
    let moved = layer(images, training: true)  // [8, 32, 32, 3]
    #expect(moved.shape == images.shape)
  }

  @Test func randomZoom() {
    let images = Tensor(zeros: [8, 32, 32, 3])

    let layer = RandomZoom(.between(-0.2, 0), fillMode: .nearest)  // enlarges by up to 20 %
    let enlarged = layer(images, training: true)  // [8, 32, 32, 3]
    #expect(enlarged.shape == images.shape)
  }

  @Test func randomFactor() {
    let symmetric: RandomFactor = 0.1  // from -0.1 to 0.1
    let oneSided = RandomFactor.between(0, 0.1)
    let model = Sequential([RandomRotation(symmetric), RandomTranslation(oneSided, symmetric)])
    #expect(symmetric == .upTo(0.1))
    #expect(model(Tensor(zeros: [1, 8, 8, 1]), training: true).shape == [1, 8, 8, 1])
  }

  @Test func seedGenerator() {
    /// Adds noise of its own.
    final class Noise: Layer {
      let generator = SeedGenerator()
      override var seedGenerators: [SeedGenerator] { [generator] }  // saved with the run

      override func call(_ x: Tensor, training: Bool) -> Tensor {
        guard training else { return x }
        var stream = generator.next()  // other numbers in each call
        return x + Tensor(stream.uniform(in: -0.1..<0.1, count: x.scalars.count), shape: x.shape)
      }
    }
    let (layer, x) = (Noise(), Tensor(zeros: [4]))
    let first = layer(x, training: true)
    #expect(first != layer(x, training: true) && layer.generator.counter == 2)
    #expect(layer(x) == x)
  }

  @Test func additiveAttention() {
    let layer = AdditiveAttention()
    let (query, value) = (Tensor(zeros: [8, 5, 16]), Tensor(zeros: [8, 50, 16]))
    let context = layer([query, value])  // [8, 5, 16]
    #expect(context.shape == [8, 5, 16])
  }

  @Test func categoryMode() {
    let counts = CategoryEncoding(4, mode: .count)([[0, 3], [1, 1]])
    print(counts)  // [[1, 0, 0, 1], [0, 2, 0, 0]]
    #expect(counts.scalars == [1, 0, 0, 1, 0, 2, 0, 0])
  }

  @Test func recurrentOptions() {
    var options = RecurrentOptions()
    options.dropout = 0.2
    options.returnsSequences = true
    let steps = GRU(32, options: options)(Tensor(zeros: [8, 50, 3]))  // [8, 50, 32]
    #expect(steps.shape == [8, 50, 32])
  }

  @Test func initializer() {
    let layer = Dense(64, activation: .relu, kernelInitializer: .heNormal)
    let stream = RandomStream(seed: 1, stream: 0)
    let kernel = Initializer.heNormal([784, 64], stream: stream)  // deviation √(2 / 784) = 0.05
    #expect(kernel.shape == [784, 64] && layer.units == 64)
    #expect(abs(kernel.square().mean().scalar.squareRoot() - 0.0505) < 0.002)
  }

  @Test func weightSpecification() {
    final class Scale: Layer {
      override func weightSpecifications(inputShape: Shape) -> [WeightSpecification] {
        [
          WeightSpecification("scale", shape: [inputShape[0]], initializer: .ones),
          WeightSpecification("calls", shape: [], initializer: .zeros, isTrainable: false),
        ]
      }

      override func call(_ x: Tensor, training: Bool) -> Tensor { x * weights[0].value }
    }
    let layer = Scale()
    #expect(layer([[2, 3]]) == [[2, 3]])
    #expect(layer.trainableVariables.map(\.name) == ["scale"] && layer.weights.count == 2)
  }

  @Test func shapeError() {
    do {
      _ = try Conv2D(8, 5).outputShape(inputShape: [3, 3, 1])  // height, width, channels
    } catch {
      print(error)  // conv2d has a window of 5 × 5, larger than its input [3, 3, 1]
    }
    #expect(throws: ShapeError.self) { try Conv2D(8, 5).outputShape(inputShape: [3, 3, 1]) }
  }
}
