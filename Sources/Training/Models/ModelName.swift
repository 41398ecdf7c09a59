public import NeuralNetwork
public import Tensors

/// The models that are available by name: small classifiers of pictures, whose outputs are logits.
///
/// Numbers of parameters are for pictures of 28 × 28 pixels with one channel, and ten classes.
///
/// ```swift
/// let model = ModelName.lenet.makeModel(imageShape: [28, 28, 1], classes: 10)
/// model.build(inputShape: [28, 28, 1])
/// print(model.parameterCount)  // 61706
/// ```
public enum ModelName: String, CaseIterable, Sendable {
  /// The CNN of TensorFlow's "quickstart for experts"; 2,770,634 parameters. See
  /// ``QuickstartModel``.
  case quickstart

  /// Softmax regression: one dense layer; 7,850 parameters.
  case linear

  /// A multilayer perceptron with two hidden layers of 512 units; 669,706 parameters.
  case mlp

  /// LeNet-5; 61,706 parameters.
  case lenet

  /// Three convolutions with batch normalization and pooling; 104,874 parameters. See
  /// ``RecipeName/fashion``.
  case cnn

  /// Three convolutions with batch normalization, two of them with stride 2 in place of pooling;
  /// 33,418 parameters. See ``RecipeName/fast``.
  case strided

  /// `strided` with more filters, 64, 128 and 192, and dropout; 373,386 parameters. See
  /// ``RecipeName/digits``.
  case digits

  /// A network in the manner of VGG, with two blocks of two convolutions.
  case vgg

  /// A residual network for small pictures, ResNet-8.
  case resnet

  /// A network of depthwise separable convolutions in the manner of MobileNet.
  case mobile

  /// The size to which pictures of any size are brought for the model.
  public var imageSize: Size2D {
    switch self {
    case .quickstart, .linear, .mlp, .lenet, .digits: 28
    case .cnn, .strided, .vgg, .resnet, .mobile: 64
    }
  }

  /// The least height and width of the pictures, in pixels.
  public var minimumSide: Int {
    switch self {
    case .linear, .mlp, .resnet, .mobile: 1
    case .quickstart: 3
    case .vgg: 4
    case .cnn: 8
    case .lenet: 12
    case .strided, .digits: 20
    }
  }

  /// Creates the model, unbuilt.
  ///
  /// - Parameters:
  ///   - imageShape: The shape of an image: height and width, each at least ``minimumSide``, and
  ///     channels.
  ///   - classes: The number of classes, at least 1.
  /// - Returns: The model.
  public func makeModel(imageShape: Shape, classes: Int) -> Model {
    switch self {
    case .quickstart: QuickstartModel(imageShape: imageShape, classes: classes)
    case .linear: Sequential([Flatten(), Dense(classes)], name: rawValue)
    case .mlp: Self.mlp(classes)
    case .lenet: Self.lenet(classes)
    case .cnn: Self.cnn(classes)
    case .strided: Self.strided([16, 32, 64], classes: classes, name: rawValue)
    case .digits: Self.strided([64, 128, 192], dropout: 0.3, classes: classes, name: rawValue)
    case .vgg: Self.vgg(classes)
    case .resnet: ResidualNetwork(classes: classes)
    case .mobile: Self.mobile(classes)
    }
  }

  // Source: keras/examples/mnist_mlp.py of Keras 2.
  private static func mlp(_ classes: Int) -> Model {
    Sequential(
      [
        Flatten(), Dense(512, activation: .relu), Dropout(0.2), Dense(512, activation: .relu),
        Dropout(0.2), Dense(classes),
      ], name: "mlp")
  }

  // Source: Y. LeCun et al., *Gradient-Based Learning Applied to Document Recognition*, 1998, with
  // padding instead of a larger input, and a dense output instead of radial basis functions.
  private static func lenet(_ classes: Int) -> Model {
    Sequential(
      [
        Conv2D(6, 5, padding: .same, activation: .tanh), AveragePooling2D(2),
        Conv2D(16, 5, activation: .tanh), AveragePooling2D(2), Flatten(),
        Dense(120, activation: .tanh), Dense(84, activation: .tanh), Dense(classes),
      ], name: "lenet")
  }

  // Source: keras.io, "Simple MNIST convnet", with padding, batch normalization and a third block:
  // without them it underfits Fashion-MNIST (91.4 % of the test images).
  private static func cnn(_ classes: Int) -> Model {
    var layers: [Layer] = []
    for filters in [32, 64, 128] {
      layers += [
        Conv2D(filters, 3, padding: .same, useBias: false), BatchNormalization(momentum: 0.9),
        ReLU(), MaxPooling2D(2),
      ]
    }
    layers += [Flatten(), Dropout(0.5), Dense(classes)]
    return Sequential(layers, name: "cnn")
  }

  // Without padding and pooling, and with a stride in the first layer already, an image costs a
  // fifth of the time that it takes in `cnn`. Even kernels under a stride of 2 see each pixel
  // equally often. Source: J. Springenberg et al., *Striving for Simplicity: The All Convolutional
  // Net*, ICLR workshop 2015, with batch normalization.
  private static func strided(
    _ filters: [Int], dropout: Float? = nil, classes: Int, name: String
  ) -> Model {
    var layers: [Layer] = []
    let shapes: [(kernel: Size2D, strides: Size2D)] = [(6, 2), (4, 2), (3, 1)]
    for (filters, (kernel, strides)) in zip(filters, shapes) {
      layers += [
        Conv2D(filters, kernel, strides: strides, useBias: false),
        BatchNormalization(momentum: 0.9),
        ReLU(),
      ]
    }
    layers.append(Flatten())
    if let dropout { layers.append(Dropout(dropout)) }
    layers.append(Dense(classes))
    return Sequential(layers, name: name)
  }

  // Source: K. Simonyan, A. Zisserman, *Very Deep Convolutional Networks for Large-Scale Image
  // Recognition*, ICLR 2015, reduced to small pictures.
  private static func vgg(_ classes: Int) -> Model {
    Sequential(
      [
        Conv2D(32, 3, padding: .same, activation: .relu),
        Conv2D(32, 3, padding: .same, activation: .relu), MaxPooling2D(2), Dropout(0.25),
        Conv2D(64, 3, padding: .same, activation: .relu),
        Conv2D(64, 3, padding: .same, activation: .relu), MaxPooling2D(2), Dropout(0.25),
        Flatten(), Dense(256, activation: .relu), Dropout(0.5), Dense(classes),
      ], name: "vgg")
  }

  // Source: A. Howard et al., *MobileNets*, 2017, reduced to small pictures.
  private static func mobile(_ classes: Int) -> Model {
    var layers: [Layer] = [
      Conv2D(32, 3, strides: 2, padding: .same, useBias: false), BatchNormalization(momentum: 0.9),
      ReLU(),
    ]
    for (filters, strides) in [(64, 1), (128, 2), (128, 1), (256, 2)] as [(Int, Size2D)] {
      layers += [
        DepthwiseConv2D(3, strides: strides, padding: .same, useBias: false),
        BatchNormalization(momentum: 0.9), ReLU(), Conv2D(filters, 1, useBias: false),
        BatchNormalization(momentum: 0.9),
        ReLU(),
      ]
    }
    layers += [GlobalAveragePooling2D(), Dropout(0.2), Dense(classes)]
    return Sequential(layers, name: "mobile")
  }
}
