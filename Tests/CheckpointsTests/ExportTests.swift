import Checkpoints
import Conversion
import Files
import HDF5
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Zip

@Suite("Models for NumPy, PyTorch and C")
struct ExportTests {
  private let small = fixture("formats/small.safetensors")

  @Test("The arrays of an npz file have the bytes that NumPy writes, beside Keras's config")
  func npz() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.npz"
      let conversion = try Conversion(of: small, to: path, as: .npz)
      #expect(
        conversion.notes == ["the preparation of pictures and the names of classes"])
      let (found, expected) = (try members(path), try members(fixture("formats/small.npz")))
      #expect(expected.count == 8)
      for (name, bytes) in expected { #expect(found[name] == bytes, "\(name)") }
      #expect(Set(found.keys) == Set(expected.keys).union(["config.json"]))
      let config = try JSON(
        parsing: String(decoding: try #require(found["config.json"]), as: UTF8.self))
      #expect(try Architecture(kerasConfig: config).layers.map(\.name).last == "dense")
    }
  }

  private func members(_ path: String) throws -> [String: [UInt8]] {
    let archive = try ZipArchive(opening: path)
    var members: [String: [UInt8]] = [:]
    for member in archive.members {
      members[member.name] = try archive.bytes(of: member, limit: 1 << 20)
    }
    return members
  }

  @Test("The state_dict is that of a module written by hand in PyTorch")
  func torch() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/torch.safetensors"
      let conversion = try Conversion(of: small, to: path, as: .torch)
      #expect(conversion.notes == ["the architecture, which is the module in Python"])
      let found = try CheckpointFile(opening: path)
      let expected = try CheckpointFile(opening: fixture("formats/torch.safetensors"))
      let names = try expected.file.root.members.map(\.name)
      #expect(names.count == 9)
      #expect(try found.file.root.members.map(\.name).filter { $0 != "picture_config" } == names)
      for name in names {
        let first = try found.dataset(at: name)
        let second = try expected.dataset(at: name)
        #expect(first.shape == second.shape, "\(name)")
        #expect(try first.read(as: Float.self) == second.read(as: Float.self), "\(name)")
      }
      #expect(
        conversion.source == """
          import torch
          from torch import nn
          from torch.nn import functional as F


          class Model(nn.Module):
              \"""Input: (N, 2, 6, 5), channels first; output: (N, 4).\"""

              def __init__(self):
                  super().__init__()
                  self.conv = nn.Conv2d(2, 3, (3, 3), stride=(2, 2))
                  self.norm = nn.BatchNorm2d(3, eps=0.001, momentum=0.01)
                  self.dense = nn.Linear(27, 4)

              def forward(self, x):
                  x = self.conv(F.pad(x, (1, 1, 0, 1)))
                  x = self.norm(x)
                  x = F.relu(x)
                  x = x.flatten(1)
                  x = self.dense(x)
                  return x


          def load(path):
              from safetensors.torch import load_file

              model = Model()
              model.load_state_dict(load_file(path))
              return model.eval()

          """)
    }
  }

  /// `tools/formats/check_formats.py` has PyTorch compute what such modules say.
  @Test("Sequences keep their channels first from layer to layer in PyTorch")
  func torchSequences() throws {
    try withTemporaryDirectory { directory in
      let conversion = try Conversion(
        of: fixture("sequences/keras3_convolutions.keras"), to: "\(directory)/a.safetensors",
        as: .torch)
      let source = try #require(conversion.source)
      #expect(
        source.contains(
          """
                  self.conv1d = nn.Conv1d(3, 8, 3, dilation=2)
                  self.conv1d_1 = nn.Conv1d(8, 6, 2, stride=2, groups=2)
                  self.batch_normalization = nn.BatchNorm1d(6, eps=0.001, momentum=0.01)
                  self.depthwise_conv1d = nn.Conv1d(6, 12, 3, padding=1, groups=6)
                  self.separable_conv1d_depthwise = nn.Conv1d(12, 12, 2, groups=12, bias=False)
                  self.separable_conv1d_pointwise = nn.Conv1d(12, 5, 1)
                  self.conv1d_transpose = nn.ConvTranspose1d(5, 4, 3, stride=2)
                  self.dense = nn.Linear(4, 2)

              def forward(self, x):
                  x = F.relu(self.conv1d(F.pad(x.transpose(1, 2), (4, 0))))
                  x = self.conv1d_1(x)
                  x = self.batch_normalization(x)
                  x = F.relu(x)
                  x = self.depthwise_conv1d(x)
                  x = torch.tanh(self.separable_conv1d_pointwise(\
          self.separable_conv1d_depthwise(x)))
                  x = self.conv1d_transpose(x)[:, :, 0:10]
                  x = x.mean(2)
                  x = self.dense(x)
                  return x

          """), "\(source)")
    }
  }

  /// Compiles the header of a model and runs it.
  private func outputs(of model: String, _ x: Tensor, in directory: String) throws -> [Float] {
    _ = try Conversion(of: model, to: "\(directory)/model.h", as: .c, replacing: true)
    let header = try readText("\(directory)/model.h")
    let name = try #require(header.firstMatch(of: /The model '(\w+)'/)).1
    let upper = name.uppercased()
    try writeBytes(
      Array(
        """
        #include <stdio.h>
        #include "model.h"
        static float input[\(upper)_INPUT], output[\(upper)_OUTPUT], workspace[\(upper)_WORKSPACE];
        int main(void) {
          while (fread(input, sizeof(input), 1, stdin) == 1) {
            \(name)_predict(input, output, workspace);
            for (int i = 0; i < \(upper)_OUTPUT; i++) printf("%.9g\\n", output[i]);
          }
          return 0;
        }

        """.utf8), to: "\(directory)/main.c")
    let bytes = x.scalars.flatMap { $0.bitPattern.littleEndianBytes }
    try writeBytes(bytes, to: "\(directory)/x")
    let warnings = "-std=c99 -Wall -Wextra -Wno-unused-function -Werror"
    let result = try runShell(
      "gcc \(warnings) -O1 main.c -o main -lm && ./main <x", in: directory)
    #expect(result.code == 0, "\(result.error)")
    return result.output.split(separator: "\n").compactMap { Float($0) }
  }

  @Test("Names of layers and classes from a file stay names and texts in source code")
  func hostileNames() throws {
    try withTemporaryDirectory { directory in
      let name = "a*/ int main; \"\"\" import os\n#"
      let model = Sequential([Dense(2, name: name), Dense(2, name: "class")], name: name)
      model.build(inputShape: [3])
      let path = "\(directory)/a.h5"
      try Checkpoint(model: model, pictures: PictureConfig(classNames: ["\"??/\n", "é\0"]))
        .save(to: path)
      let module = try #require(
        try Conversion(of: path, to: "\(directory)/a.safetensors", as: .torch).source)
      #expect(module.contains("self.a___int_main______import_os__ = nn.Linear(3, 2)\n"))
      #expect(module.contains("self.layer_class = nn.Linear(2, 2)\n"))
      let x = Tensor([1, 2, 3], shape: [1, 3])
      let found = try outputs(of: path, x, in: directory)
      #expect(relativeDifference(found, model(x).scalars) < 1e-5)
      let header = try readText("\(directory)/model.h")
      #expect(header.contains(#"  "\"\?\?/\012","#) && !header.contains("int main;"))
    }
  }

  @Test(
    "A compiled header computes what Keras and PyTorch compute",
    .enabled(if: (try? runShell("gcc --version").code) == 0),
    arguments: ["formats/small.safetensors"]
      // The inputs of the others have another size than the header.
      + LayerOptionFileTests.files.filter { !$0.contains("open_size") }.map { "options/\($0)" }
      + [
        SequenceFileTests.models, RecurrentFileTests.models, MaskFileTests.models,
        CategoryFileTests.models, EinsumFileTests.models,
      ].flatMap { models in models.files.map { "\(models.folder)/\($0)" } })
  func c(file: String) throws {
    try withTemporaryDirectory { directory in
      let (folder, name) = (file.split(separator: "/")[0], file.split(separator: "/")[1])
      let expectedFile = folder == "formats" ? "options" : folder
      let options = try JSON(parsing: readText(fixture("\(expectedFile)/expected.json")))
      let expected = options[String(name)]
      let x = try FormatFixtures.tensor(expected?["x"] ?? FormatFixtures.expected["x"])
      let y = try FormatFixtures.tensor(expected?["y"] ?? FormatFixtures.expected["small"])
      let found = try outputs(of: fixture(file), x, in: directory)
      #expect(found.count == y.count)
      let distance = zip(found, y.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(distance <= 1e-5 * max(1, y.scalars.map(abs).max() ?? 0), "\(distance)")
    }
  }

  @Test("The header has the names of the classes, and says how much memory it needs")
  func header() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.h"
      let conversion = try Conversion(of: small, to: path, as: .c)
      #expect(
        conversion.notes == [
          "the architecture, which is the function in C", "the preparation of pictures",
        ])
      let text = try readText(path)
      #expect(text.contains(#""none","#) && text.contains("case_classes[4]"))
      #expect(text.contains("#define CASE_WORKSPACE 31\n"))
      #expect(!text.contains("malloc"))
    }
  }

  /// A layer that neither PyTorch nor C has.
  private final class Odd: Layer {
    override func call(_ x: Tensor, training: Bool) -> Tensor { x }
  }

  @Test(
    "A layer that a form cannot hold is refused by name, and nothing is written",
    arguments: [(ModelFileFormat.c, "C"), (.torch, "a module of PyTorch")])
  func refused(format: ModelFileFormat, name: String) throws {
    try withTemporaryDirectory { directory in
      let model = Sequential([Dense(2), Odd(name: "own")])
      model.build(inputShape: [3])
      #expect(
        message { try Checkpoint(model: model).save(to: "\(directory)/a", as: format) }
          == "Cannot save the model: the layer 'own' (Odd) cannot be written as \(name)")
      #expect(names(in: directory) == [])
    }
  }

  @Test(
    "Layers that act only in training, and what else a form lacks, are said in one line each",
    arguments: [ModelFileFormat.torch, .c, .npz, .safetensors, .onnx])
  func notes(format: ModelFileFormat) throws {
    try withTemporaryDirectory { directory in
      let (model, optimizer) = (makeModel(seed: 5), Adam())
      let path = "\(directory)/a.h5"
      try Checkpoint(
        model: model, optimizer: optimizer, loss: MeanSquaredError(), state: state(of: model)
      ).save(to: path)
      let conversion = try Conversion(of: path, to: "\(directory)/a", as: format)
      let common = [
        "the state of the optimizer",
        "the state of the run, so training cannot be resumed from it",
      ]
      let training = ["the layers that act only in training: dropout, dropout_1"]
      switch format {
      case .torch:
        #expect(
          conversion.notes
            == common + training + ["the architecture, which is the module in Python"])
      case .c:
        #expect(
          conversion.notes
            == common + training + ["the architecture, which is the function in C"])
      case .onnx: #expect(conversion.notes == common + training)
      default: #expect(conversion.notes == common)
      }
      #expect((conversion.source != nil) == (format == .torch))
    }
  }
}
