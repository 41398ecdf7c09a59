import Checkpoints
import Conversion
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// `tools/keras/check_torch.py` has PyTorch compute what these modules say.
@Suite("Recurrent layers and masks in PyTorch")
struct TorchModuleTests {
  /// The source code of a model's module.
  private func source(_ layers: [Layer], _ shape: Shape) throws -> String {
    try withTemporaryDirectory { directory in
      let model = Sequential(layers)
      model.build(inputShape: shape)
      try Checkpoint(model: model).save(to: "\(directory)/a.h5")
      let conversion = try Conversion(
        of: "\(directory)/a.h5", to: "\(directory)/a.safetensors", as: .torch)
      return try #require(conversion.source)
    }
  }

  private func options(_ change: (inout RecurrentOptions) -> Void) -> RecurrentOptions {
    var options = RecurrentOptions()
    change(&options)
    return options
  }

  @Test("Layers whose arithmetic PyTorch has become its modules, others cells")
  func modules() throws {
    let relu = options { $0.activation = .relu }
    let hard = options { $0.recurrentActivation = .hardSigmoid }
    let old = options { $0.recurrentActivation = .keras2HardSigmoid }
    for (layer, module) in [
      (LSTM(3, name: "r"), "nn.LSTM(4, 3, batch_first=True)"),
      (LSTM(3, options: relu, name: "r"), "LSTMCell(4, 3, F.relu, torch.sigmoid)"),
      (LSTM(3, options: hard, name: "r"), "LSTMCell(4, 3, torch.tanh, F.hardsigmoid)"),
      (LSTM(3, options: old, name: "r"), "LSTMCell(4, 3, torch.tanh, keras2_hard_sigmoid)"),
      (GRU(3, name: "r"), "nn.GRU(4, 3, batch_first=True)"),
      (GRU(3, options: relu, name: "r"), "GRUCell(4, 3, F.relu, torch.sigmoid)"),
      (
        GRU(3, resetsAfter: false, name: "r"),
        "ResetBeforeGRUCell(4, 3, torch.tanh, torch.sigmoid)"
      ),
      (SimpleRNN(3, name: "r"), "nn.RNN(4, 3, batch_first=True)"),
      (
        SimpleRNN(3, options: relu, name: "r"),
        "nn.RNN(4, 3, nonlinearity=\"relu\", batch_first=True)"
      ),
      (
        SimpleRNN(3, options: options { $0.usesBias = false }, name: "r"),
        "nn.RNN(4, 3, bias=False, batch_first=True)"
      ),
      (
        Bidirectional(GRU(3), name: "r"), "nn.GRU(4, 3, batch_first=True, bidirectional=True)"
      ),
      (
        Bidirectional(LSTM(3), backward: LSTM(2, options: options { $0.goesBackwards = true })),
        "nn.LSTM(4, 2, batch_first=True)"
      ),
    ] as [(Layer, String)] {
      let text = try source([layer], [6, 4])
      #expect(text.contains(" = \(module)\n"), "\(text)")
    }
  }

  @Test("A convolutional LSTM is a convolution of all steps and a cell")
  func convolutional() throws {
    let backwards = options {
      $0.goesBackwards = true
      $0.usesBias = false
    }
    let text = try source(
      [ConvLSTM2D(3, Size2D(2, 3), padding: .same, options: backwards, name: "c")], [4, 6, 5, 2])
    let recurrent = "nn.Conv2d(3, 12, (2, 3), padding=\"same\", bias=False)"
    #expect(
      text.contains(
        """
                self.c_cell = ConvLSTMCell(\(recurrent), torch.tanh, torch.sigmoid)
                self.c = nn.Conv2d(2, 12, (2, 3), bias=False)

            def forward(self, x):
                x = recurrence(self.c_cell, self.c(F.pad(x.flatten(0, 1).permute(0, 3, 1, 2), \
        (1, 1, 0, 1))).unflatten(0, (-1, 4)), backwards=True)[1]
                return x
        """), "\(text)")
    for (layer, shape, module) in [
      (ConvLSTM1D(2, 3), [4, 6, 1], "nn.Conv1d(1, 8, (3,))"),
      (
        ConvLSTM3D(2, 3, strides: 2), [4, 6, 6, 6, 1],
        "nn.Conv3d(1, 8, (3, 3, 3), stride=(2, 2, 2))"
      ),
    ] as [(Layer, Shape, String)] {
      let text = try source([layer], shape)
      #expect(text.contains(" = \(module)\n"), "\(text)")
    }
  }

  @Test("A convolutional LSTM takes and returns states, and leaves out masked steps")
  func convolutionalStates() throws {
    try withTemporaryDirectory { directory in
      func text(_ file: String) throws -> String {
        let conversion = try Conversion(
          of: fixture("conv_lstm/\(file)"), to: "\(directory)/\(file).safetensors", as: .torch)
        return try #require(conversion.source)
      }
      let states = try text("keras3_states.keras")
      #expect(
        states.contains(
          " conv_lstm2d_outputs, conv_lstm2d_output, conv_lstm2d_states = recurrence("))
      #expect(
        states.contains(".unflatten(0, (-1, 3)), (conv_lstm2d_2, conv_lstm2d_1))[1]"), "\(states)")
      let masked = try text("keras3_signals.keras")
      #expect(masked.split(separator: "mask=masking_mask").count == 4, "\(masked)")
    }
  }

  /// Shares of scores, of which the model takes those above 0.
  private final class Shares: Model {
    let softmax = Softmax(name: "shares")
    let mask = ReLU(name: "mask")

    override func call(_ x: Tensor, training: Bool) -> Tensor { softmax([x, mask(x)]) }
  }

  @Test("A mask as an input of a softmax replaces scores before it, and shares behind it")
  func softmaxMask() throws {
    try withTemporaryDirectory { directory in
      let model = Shares(name: "scores")
      model.build(inputShape: [3])
      let path = "\(directory)/a.h5"
      try Checkpoint(model: model).save(to: path)
      let text = try #require(
        try Conversion(of: path, to: "\(directory)/a.safetensors", as: .torch).source)
      #expect(
        text.contains(
          """
                  shares_mask = mask > 0.5
                  shares = torch.where(shares_mask, x, -1e9)
                  shares_1 = torch.where(shares_mask, F.softmax(shares, 1), 0)
          """), "\(text)")
      #expect(
        message { _ = try Conversion(of: path, to: "\(directory)/a.h", as: .c) }.hasSuffix(
          "the layer 'shares' (Softmax) takes a mask as an input, and cannot be written as C"))
    }
  }

  @Test("A mask goes to the layers that use it, and is computed for no others")
  func masks() throws {
    let text = try source(
      [Embedding(9, 4, masksZero: true, name: "words"), Dropout(0.5), GRU(3, name: "gru")], [6])
    #expect(
      text.hasSuffix(
        """
            def __init__(self):
                super().__init__()
                self.words = nn.Embedding(9, 4)
                self.gru_cell = nn.GRUCell(4, 3)

            def forward(self, x):
                words_mask = x != 0
                x = self.words(x.long())
                x = recurrence(self.gru_cell, x, mask=words_mask)[1]
                return x


        def load(path):
            from safetensors.torch import load_file

            model = Model()
            model.load_state_dict(load_file(path))
            return model.eval()

        """), "\(text)")
    let unused = try source([Embedding(9, 4, masksZero: true), Conv1D(2, 3), GRU(3)], [6])
    #expect(!unused.contains("mask") && unused.contains("nn.GRU("), "\(unused)")
  }

  @Test("The gates of GRU come in PyTorch's order, with the bias of the state")
  func gates() throws {
    try withTemporaryDirectory { directory in
      let model = Sequential([GRU(1, name: "gru")])
      model.build(inputShape: [2, 2])
      let values: [[Float]] = [[1, 2, 3, 4, 5, 6], [7, 8, 9], [10, 11, 12, 13, 14, 15]]
      for (variable, values) in zip(model.variables, values) {
        variable.value = Tensor(values, shape: variable.shape)
      }
      let path = "\(directory)/a.safetensors"
      try Checkpoint(model: model).save(to: path, as: .torch)
      let file = try CheckpointFile(opening: path)
      func numbers(_ name: String) throws -> [Float] {
        try file.dataset(at: name).read(as: Float.self)
      }
      // Keras has the columns update, reset, candidate; PyTorch the rows reset, update, candidate.
      #expect(try numbers("gru.weight_ih_l0") == [2, 5, 1, 4, 3, 6])
      #expect(try numbers("gru.weight_hh_l0") == [8, 7, 9])
      #expect(try numbers("gru.bias_ih_l0") == [11, 10, 12])
      #expect(try numbers("gru.bias_hh_l0") == [14, 13, 15])
    }
  }

  @Test(
    "A layer that keeps its states between batches is refused by name",
    arguments: [(ModelFileFormat.torch, "a module of PyTorch"), (.c, "C")])
  func stateful(format: ModelFileFormat, form: String) throws {
    let stateful = options { $0.isStateful = true }
    if format == .torch {
      let layer = ConvLSTM1D(2, 3, options: stateful, name: "kept")
      let refusal = message { _ = try source([layer], [4, 6, 2]) }
      #expect(refusal.hasSuffix("(stateful), and cannot be written as \(form)"), "\(refusal)")
    }
    try withTemporaryDirectory { directory in
      let model = Sequential([LSTM(3, options: stateful, name: "kept")])
      model.build(inputShape: [6, 4])
      #expect(
        message { try Checkpoint(model: model).save(to: "\(directory)/a", as: format) } == """
          Cannot save the model: the layer 'kept' (LSTM) keeps its states between batches \
          (stateful), and cannot be written as \(form)
          """)
      #expect(names(in: directory) == [])
    }
  }

  /// A model whose layers have the names of functions that the module calls.
  private final class Branches: Model {
    let masking = Masking(maskValue: 1, name: "torch")
    let first = Dense(4, name: "recurrence")
    let second = LSTM(3, name: "len")
    let sum = Add(name: "F")

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      let y = first(masking(x))
      return sum([second(y), second(y)])
    }
  }

  @Test("Layers with the names of functions hide none of them")
  func hidden() throws {
    try withTemporaryDirectory { directory in
      let model = Branches(name: "branches")
      model.build(inputShape: [6, 4])
      let path = "\(directory)/a.h5"
      try Checkpoint(model: model).save(to: path)
      let text = try #require(
        try Conversion(of: path, to: "\(directory)/a.safetensors", as: .torch).source)
      #expect(text.contains("        recurrence_1 = self.recurrence("), "\(text)")
      #expect(
        text.contains("        len_1 = recurrence(self.len_cell, recurrence_1, mask=torch_mask)"),
        "\(text)")
      #expect(!text.contains(" torch =") && !text.contains(" F ="), "\(text)")
    }
  }
}
