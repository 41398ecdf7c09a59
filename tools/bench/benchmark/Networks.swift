import NeuralNetwork
import Tensors

/// The networks of `tools/bench/bench --only networks`, with their peers in `peers/networks.py`.
enum Network: String {
  case convnet, vgg, bn, mobile, resnet, mlp

  /// The shape of an input.
  var input: Shape {
    switch self {
    case .convnet: [28, 28, 1]
    case .mlp: [784]
    default: [32, 32, 3]
    }
  }

  /// The blocks from the input to the logits of ten classes.
  var blocks: [Block] {
    switch self {
    case .convnet:
      [
        .pooledConv(32, padding: .valid), .pooledConv(64, padding: .valid), .flatten,
        Block("dropout", Dropout(0.5)), .dense(10),
      ]
    case .vgg:
      [
        .conv(32), .pooledConv(32), .conv(64), .pooledConv(64), .flatten,
        .dense(256, activation: .relu), .dense(10),
      ]
    case .bn:
      [
        .bareConv(32), .normalization(), .bareConv(32), .normalization(), .pool, .bareConv(64),
        .normalization(), .average, .dense(10),
      ]
    case .mobile:
      [.bareConv(32), .normalization()] + Block.separable(64) + Block.separable(128, strides: 2)
        + [.average, .dense(10)]
    case .resnet:
      [
        .bareConv(32), .normalization(),
        .residual([
          .bareConv(32), .normalization(), .bareConv(32), .normalization(relu: false),
        ]),
        .residual(
          [
            .bareConv(64, strides: 2), .normalization(), .bareConv(64),
            .normalization(relu: false),
          ], shortcut: [.bareConv(64, size: 1, strides: 2), .normalization(relu: false)]),
        .average, .dense(10),
      ]
    case .mlp: [.dense(512, activation: .relu), .dense(512, activation: .relu), .dense(10)]
    }
  }
}

/// A part of a network whose time is reported as one line.
struct Block {
  let name: String
  let layers: [Layer]

  /// The branches whose sum, with ReLU, is the output, instead of layers.
  ///
  /// An empty one is the input.
  let branches: [[Block]]

  init(_ name: String, _ layers: Layer..., branches: [[Block]] = []) {
    (self.name, self.layers, self.branches) = (name, layers, branches)
  }

  /// All layers, with those of the branches.
  var allLayers: [Layer] { layers + branches.joined().flatMap(\.allLayers) }

  static func conv(_ filters: Int, padding: Padding = .same) -> Block {
    Block("conv \(filters), ReLU", Conv2D(filters, 3, padding: padding, activation: .relu))
  }

  static func pooledConv(_ filters: Int, padding: Padding = .same) -> Block {
    Block(
      "conv \(filters), ReLU, max pooling",
      Conv2D(filters, 3, padding: padding, activation: .relu), MaxPooling2D())
  }

  static func bareConv(_ filters: Int, size: Size2D = 3, strides: Size2D = 1) -> Block {
    Block(
      "conv \(filters), \(size.height) x \(size.width)",
      Conv2D(filters, size, strides: strides, padding: .same, useBias: false))
  }

  static func normalization(relu: Bool = true) -> Block {
    relu
      ? Block("normalization, ReLU", BatchNormalization(), ReLU())
      : Block("normalization", BatchNormalization())
  }

  static func separable(_ filters: Int, strides: Size2D = 1) -> [Block] {
    [
      Block("depthwise", DepthwiseConv2D(3, strides: strides, padding: .same, useBias: false)),
      normalization(), bareConv(filters, size: 1), normalization(),
    ]
  }

  static func residual(_ blocks: [Block], shortcut: [Block] = []) -> Block {
    Block("addition, ReLU", branches: [blocks, shortcut])
  }

  static func dense(_ units: Int, activation: ActivationFunction = .linear) -> Block {
    Block("dense \(units)", Dense(units, activation: activation))
  }

  static var pool: Block { Block("max pooling", MaxPooling2D()) }
  static var flatten: Block { Block("flatten", Flatten()) }
  static var average: Block { Block("global average", GlobalAveragePooling2D()) }
}

/// A network as a model, which can tell a profile when each block begins and ends.
final class NetworkModel: Model {
  /// The layers of all blocks, for the model to find.
  let allLayers: [Layer]
  private let blocks: () -> [Block]
  var profile: Profile?

  override var isThreadSafe: Bool { true }

  init(_ network: Network) {
    let blocks = network.blocks
    self.blocks = { blocks }
    allLayers = blocks.flatMap(\.allLayers)
    super.init()
  }

  override func call(_ x: Tensor, training: Bool) -> Tensor { run(blocks(), x, training) }

  private func run(_ blocks: [Block], _ x: Tensor, _ training: Bool) -> Tensor {
    blocks.reduce(x) { x, block in
      let branches = block.branches.map { run($0, x, training) }
      let start = profile?.begin(block, branches.first ?? x)
      let y =
        branches.isEmpty
        ? block.layers.reduce(start ?? x) { $1($0, training: training) }
        : ((start ?? branches[0]) + branches[1]).relu()
      return profile?.end(block, y) ?? y
    }
  }
}
