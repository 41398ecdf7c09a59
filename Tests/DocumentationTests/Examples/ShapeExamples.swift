import Cairn
import Testing

/// The examples in the comments of layers that pad, crop, resize, reorder or merge their inputs.
@Suite("Examples of layers that change shapes")
struct ShapeExamples {
  @Test func cropping1D() {
    let x = Tensor([1, 2, 3, 4, 5], shape: [1, 5, 1])

    let layer = Cropping1D(start: 1, end: 2)
    let middle = layer(x)  // [1, 5, 1] → [1, 2, 1]: of the steps 1 to 5, 2 and 3
    #expect(middle.shape == [1, 2, 1] && middle.scalars == [2, 3])
  }

  @Test func cropping2D() {
    let layer = Cropping2D(Margins(top: 2, bottom: 2, left: 4, right: 4))
    let cropped = layer(Tensor(zeros: [8, 28, 28, 3]))  // [8, 24, 20, 3]
    #expect(cropped.shape == [8, 24, 20, 3])
  }

  @Test func cropping3D() {
    let layer = Cropping3D(Margins3D(depth: (1, 1), height: (2, 2), width: (4, 4)))
    let cropped = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 14, 24, 20, 1]
    #expect(cropped.shape == [2, 14, 24, 20, 1])
  }

  @Test func zeroPadding1D() {
    let x = Tensor([1, 2], shape: [1, 2, 1])

    let layer = ZeroPadding1D(start: 2, end: 1)
    let padded = layer(x)  // [1, 2, 1] → [1, 5, 1]: the steps 0, 0, 1, 2, 0
    #expect(padded.shape == [1, 5, 1] && padded.scalars == [0, 0, 1, 2, 0])
  }

  @Test func zeroPadding2D() {
    let layer = ZeroPadding2D(2)  // two rows or columns on each side
    let padded = layer(Tensor(zeros: [8, 28, 28, 1]))  // [8, 32, 32, 1]
    #expect(padded.shape == [8, 32, 32, 1])
  }

  @Test func zeroPadding3D() {
    let layer = ZeroPadding3D(Margins3D(depth: (0, 0), height: (2, 2), width: (2, 2)))
    let padded = layer(Tensor(zeros: [2, 16, 28, 28, 1]))  // [2, 16, 32, 32, 1]
    #expect(padded.shape == [2, 16, 32, 32, 1])
  }

  @Test func upSampling1D() {
    let x = Tensor([1, 2], shape: [1, 2, 1])

    let layer = UpSampling1D(3)
    let longer = layer(x)  // [1, 2, 1] → [1, 6, 1]: the steps 1, 1, 1, 2, 2, 2
    #expect(longer.shape == [1, 6, 1] && longer.scalars == [1, 1, 1, 2, 2, 2])
  }

  @Test func upSampling2D() {
    let layer = UpSampling2D(2, interpolation: .bilinear)
    let doubled = layer(Tensor(zeros: [8, 7, 7, 32]))  // [8, 14, 14, 32]
    #expect(doubled.shape == [8, 14, 14, 32])
  }

  @Test func upSampling3D() {
    let layer = UpSampling3D(Size3D(1, 2, 2))  // keeps the depth
    let larger = layer(Tensor(zeros: [2, 16, 14, 14, 8]))  // [2, 16, 28, 28, 8]
    #expect(larger.shape == [2, 16, 28, 28, 8])
  }

  @Test func resizing() {
    let layer = Resizing(Size2D(24, 32), aspectRatio: .crop)  // height and width
    let resized = layer(Tensor(zeros: [8, 60, 60, 3]))  // [8, 24, 32, 3]
    #expect(resized.shape == [8, 24, 32, 3])
  }

  @Test func centerCrop() {
    let layer = CenterCrop(24)
    let center = layer(Tensor(zeros: [8, 28, 32, 3]))  // [8, 24, 24, 3]
    #expect(center.shape == [8, 24, 24, 3])
  }

  @Test func reshape() {
    let layer = Reshape([7, 7, -1])  // -1 stands for the extent that fits
    let images = layer(Tensor(zeros: [8, 784]))  // [8, 7, 7, 16]
    #expect(images.shape == [8, 7, 7, 16])
  }

  @Test func permute() {
    let layer = Permute([3, 1, 2])  // from channels last to channels first
    let planes = layer(Tensor(zeros: [8, 28, 32, 3]))  // [8, 3, 28, 32]
    #expect(planes.shape == [8, 3, 28, 32])
  }

  @Test func repeatVector() {
    let model = Sequential([LSTM(16), RepeatVector(20), Dense(3)])
    let sequences = model(Tensor(zeros: [8, 50, 3]))  // [8, 16] → [8, 20, 16] → [8, 20, 3]
    #expect(sequences.shape == [8, 20, 3])
  }

  @Test func identity() {
    let usesDropout = Set([false]).contains(true)

    let regularization = usesDropout ? Dropout(0.5) : Identity()
    let model = Sequential([Dense(32, activation: .relu), regularization, Dense(10)])
    #expect(model(Tensor(zeros: [2, 8])).shape == [2, 10])
    #expect(Identity()(Tensor([1, 2])) == [1, 2])
  }

  @Test func masking() {
    let sequences = Tensor([1, 2, 3, 4, 0, 0], shape: [1, 3, 2])

    let model = Sequential([Masking(maskValue: 0), LSTM(8)])
    let last = model(sequences)  // [1, 8]; steps of zeros do not count
    #expect(last.shape == [1, 8])
    let shorter = Tensor([1, 2, 3, 4], shape: [1, 2, 2])
    #expect(last.scalars == model(shorter).scalars)
  }

  @Test func add() {
    let (x, y): (Tensor, Tensor) = ([[1, 2]], [[10, 20]])

    let sum = Add()([x, y])  // [[1, 2]] and [[10, 20]] → [[11, 22]]
    #expect(sum == [[11, 22]])
  }

  @Test func subtract() {
    let (x, y): (Tensor, Tensor) = ([[1, 2]], [[10, 20]])

    let difference = Subtract()([x, y])  // [[1, 2]] and [[10, 20]] → [[-9, -18]]
    #expect(difference == [[-9, -18]])
  }

  @Test func multiply() {
    let (features, gates) = (
      Tensor(repeating: 1, shape: [8, 7, 7, 64]), Tensor(zeros: [8, 1, 1, 64])
    )

    let gated = Multiply()([features, gates])  // [8, 7, 7, 64] and [8, 1, 1, 64] → [8, 7, 7, 64]
    #expect(gated == Tensor(zeros: [8, 7, 7, 64]))
  }

  @Test func average() {
    let (x, y): (Tensor, Tensor) = ([[1, 2]], [[10, 20]])

    let mean = Average()([x, y])  // [[1, 2]] and [[10, 20]] → [[5.5, 11]]
    #expect(mean == [[5.5, 11]])
  }

  @Test func maximum() {
    let (x, y): (Tensor, Tensor) = ([[1, 20]], [[10, 2]])

    let larger = Maximum()([x, y])  // [[1, 20]] and [[10, 2]] → [[10, 20]]
    #expect(larger == [[10, 20]])
  }

  @Test func minimum() {
    let (x, y): (Tensor, Tensor) = ([[1, 20]], [[10, 2]])

    let smaller = Minimum()([x, y])  // [[1, 20]] and [[10, 2]] → [[1, 2]]
    #expect(smaller == [[1, 2]])
  }

  @Test func concatenate() {
    let (fine, coarse) = (Tensor(zeros: [8, 14, 14, 32]), Tensor(zeros: [8, 14, 14, 64]))
    let both = Concatenate()([fine, coarse])  // [8, 14, 14, 96]
    #expect(both.shape == [8, 14, 14, 96])
  }

  @Test func dot() {
    let (users, films) = (
      Tensor(repeating: 1, shape: [8, 32]), Tensor(repeating: 1, shape: [8, 32])
    )
    let scores = Dot(axes: (1, 1), normalize: true)([users, films])  // [8, 1]: their cosines
    #expect(scores.shape == [8, 1] && abs(scores[0, 0] - 1) < 1e-6)
  }
}
