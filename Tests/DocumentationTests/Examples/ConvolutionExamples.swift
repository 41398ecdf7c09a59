import Cairn
import Testing

/// The examples in the comments of convolutions and poolings.
@Suite("Examples of convolutions and poolings")
struct ConvolutionExamples {
  @Test func conv1DTranspose() {
    let layer = Conv1DTranspose(8, 4, strides: 2, padding: .same)
    let longer = layer(Tensor(zeros: [2, 25, 16]))  // [2, 50, 8]
    #expect(longer.shape == [2, 50, 8])
    #expect(layer.kernel.shape == [4, 8, 16])
  }

  @Test func conv2DTranspose() {
    let layer = Conv2DTranspose(16, 3, strides: 2, padding: .same, activation: .relu)
    let doubled = layer(Tensor(zeros: [8, 7, 7, 32]))  // [8, 14, 14, 16]
    #expect(doubled.shape == [8, 14, 14, 16])
    #expect(layer.kernel.shape == [3, 3, 16, 32])
  }

  @Test func depthwiseConv1D() {
    let layer = DepthwiseConv1D(5, padding: .same, depthMultiplier: 2)
    let features = layer(Tensor(zeros: [2, 50, 16]))  // [2, 50, 32]: two kernels for each channel
    #expect(features.shape == [2, 50, 32])
    #expect(layer.kernel.shape == [5, 16, 2])
  }

  @Test func depthwiseConv2D() {
    let layer = DepthwiseConv2D(3, strides: 2, padding: .same)
    let features = layer(Tensor(zeros: [8, 28, 28, 16]))  // [8, 14, 14, 16]
    let parameters = layer.parameterCount  // 160: 3 · 3 · 16 weights and 16 biases
    #expect(features.shape == [8, 14, 14, 16])
    #expect(parameters == 160)
  }

  @Test func separableConv1D() {
    let layer = SeparableConv1D(32, 5, padding: .same)
    let features = layer(Tensor(zeros: [2, 50, 16]))  // [2, 50, 32]
    let parameters = layer.parameterCount  // 624; a Conv1D has 2592
    #expect(features.shape == [2, 50, 32])
    #expect(parameters == 624)
    let whole = Conv1D(32, 5)
    whole.build(inputShape: [50, 16])
    #expect(whole.parameterCount == 2592)
  }

  @Test func separableConv2D() {
    let layer = SeparableConv2D(64, 3, padding: .same, activation: .relu)
    let features = layer(Tensor(zeros: [8, 28, 28, 32]))  // [8, 28, 28, 64]
    let parameters = layer.parameterCount  // 2400; a Conv2D has 18496
    #expect(features.shape == [8, 28, 28, 64])
    #expect(parameters == 2400)
    let whole = Conv2D(64, 3)
    whole.build(inputShape: [28, 28, 32])
    #expect(whole.parameterCount == 18496)
  }

  @Test func maxPooling1D() {
    let x = Tensor([1, 4, 2, 3], shape: [1, 4, 1])

    let layer = MaxPooling1D(2)
    let shorter = layer(x)  // [1, 4, 1] → [1, 2, 1]: of the steps 1, 4, 2, 3, 4 and 3
    #expect(shorter.shape == [1, 2, 1] && shorter.scalars == [4, 3])
  }

  @Test func averagePooling1D() {
    let x = Tensor([1, 4, 2, 3], shape: [1, 4, 1])

    let layer = AveragePooling1D(2)
    let shorter = layer(x)  // [1, 4, 1] → [1, 2, 1]: of the steps 1, 4, 2, 3, 2.5 and 2.5
    #expect(shorter.shape == [1, 2, 1] && shorter.scalars == [2.5, 2.5])
  }

  @Test func averagePooling2D() {
    let layer = AveragePooling2D(3, strides: 2, padding: .same)
    let halved = layer(Tensor(zeros: [8, 28, 28, 32]))  // [8, 14, 14, 32]
    #expect(halved.shape == [8, 14, 14, 32])
  }

  @Test func maxPooling3D() {
    let layer = MaxPooling3D(2)
    let halved = layer(Tensor(zeros: [2, 16, 32, 32, 8]))  // [2, 8, 16, 16, 8]
    #expect(halved.shape == [2, 8, 16, 16, 8])
  }

  @Test func averagePooling3D() {
    let layer = AveragePooling3D(Size3D(1, 2, 2))  // keeps the depth
    let smaller = layer(Tensor(zeros: [2, 16, 32, 32, 8]))  // [2, 16, 16, 16, 8]
    #expect(smaller.shape == [2, 16, 16, 16, 8])
  }

  @Test func globalAveragePooling1D() {
    let layer = GlobalAveragePooling1D()
    let means = layer(Tensor([1, 4, 2, 3], shape: [1, 4, 1]))  // [1, 4, 1] → [[2.5]]
    #expect(means.shape == [1, 1] && means.scalars == [2.5])
  }

  @Test func globalMaxPooling1D() {
    let layer = GlobalMaxPooling1D()
    let largest = layer(Tensor([1, 4, 2, 3], shape: [1, 4, 1]))  // [1, 4, 1] → [[4]]
    #expect(largest.shape == [1, 1] && largest.scalars == [4])
  }

  @Test func globalAveragePooling2D() {
    let model = Sequential([Conv2D(64, 3, activation: .relu), GlobalAveragePooling2D(), Dense(10)])
    let logits = model(Tensor(zeros: [8, 28, 28, 1]))  // [8, 10], for images of any size
    #expect(logits.shape == [8, 10])
  }

  @Test func globalMaxPooling2D() {
    let layer = GlobalMaxPooling2D()
    let largest = layer(Tensor(zeros: [8, 7, 7, 64]))  // [8, 64]
    #expect(largest.shape == [8, 64])
    #expect(
      GlobalMaxPooling2D(keepDimensions: true)(Tensor(zeros: [8, 7, 7, 64])).shape.count == 4)
  }

  @Test func globalAveragePooling3D() {
    let layer = GlobalAveragePooling3D()
    let means = layer(Tensor(repeating: 1, shape: [2, 8, 16, 16, 4]))  // [2, 4], all elements 1
    #expect(means == Tensor(repeating: 1, shape: [2, 4]))
  }

  @Test func globalMaxPooling3D() {
    let layer = GlobalMaxPooling3D(keepDimensions: true)
    let largest = layer(Tensor(repeating: 1, shape: [2, 8, 16, 16, 4]))  // [2, 1, 1, 1, 4]
    #expect(largest.shape == [2, 1, 1, 1, 4])
  }

  @Test func size3D() {
    let kernel = Size3D(1, 3, 3)  // one plane deep, 3 × 3 in height and width
    let layer = Conv3D(8, kernel, padding: .same)
    let features = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 16, 28, 28, 8]
    #expect(features.shape == [2, 16, 28, 28, 8])
    #expect(layer.weights[0].shape == [1, 3, 3, 1, 8])
  }
}
