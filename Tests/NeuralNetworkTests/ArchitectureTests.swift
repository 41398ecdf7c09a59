import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Architectures from files")
struct ArchitectureTests {
  @Test(
    "Names become Keras's keys",
    arguments: [
      ("Conv2D", "conv2d"), ("MaxPooling2D", "max_pooling2d"), ("Dense", "dense"),
      ("BatchNormalization", "batch_normalization"), ("DepthwiseConv2D", "depthwise_conv2d"),
      ("Conv2DTranspose", "conv2d_transpose"), ("ReLU", "re_lu"), ("LeakyReLU", "leaky_re_lu"),
      ("PReLU", "p_re_lu"), ("ELU", "elu"), ("InputLayer", "input_layer"), ("LSTM", "lstm"),
      ("RMSprop", "rm_sprop"), ("AdamW", "adam_w"), ("SGD", "sgd"), ("MyModel", "my_model"),
    ])
  func snakeCase(className: String, key: String) {
    #expect(className.snakeCased == key)
  }

  @Test("Configurations that Keras wrote are read, and those that differ in effect are refused")
  func kerasConfigs() throws {
    let text = String(decoding: try readBytes(fixture("layer_configs.json")), as: UTF8.self)
    let entries = try #require(try JSON(parsing: text)["layers"]?.array)
    var read: [String] = []
    var refused: [String] = []
    for entry in entries where entry["class_name"] != .string("InputLayer") {
      // An image that every one of the layers can take.
      let config: JSON = .object([
        "class_name": .string("Sequential"),
        "config": .object(["layers": .array([entry])]),
        "build_config": .object([
          "input_shape": .array([.null, .integer(28), .integer(28), .integer(4)])
        ]),
      ])
      do {
        let architecture = try Architecture(kerasConfig: config)
        let name = entry["config"]?["name"]?.string
        let layer = try #require(architecture.layers.first { $0.name == name })
        read.append(layer.name)
        // What is read is what would be written, where Keras's values are not the defaults.
        for (key, value) in layer.config {
          let original = entry["config"]?[key]
          let single = original?.integer.map { JSON.array([.integer($0), .integer($0)]) }
          #expect(original == value || single == value, "\(layer.name) \(key)")
        }
      } catch {
        refused.append("\(error)")
      }
    }
    #expect(read.count >= 10)
    // Of a mask for other inputs.
    #expect(refused.count == 1 && refused[0].contains("has a noise_shape that does not fit"))
  }

  private func error(_ text: String) -> String? {
    do {
      _ = try Architecture(kerasConfig: JSON(kerasConfig: text))
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func sequential(_ layers: String, input: String = "[null, 28, 28, 1]") -> String {
    """
    {"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "InputLayer", "config": {"batch_shape": \(input)}}, \(layers)]}}
    """
  }

  @Test(
    "A config keeps the batch size; a stateful layer without one is named as a loss",
    arguments: [2, nil])
  func batchSize(size: Int?) throws {
    let shape = JSON.array([size.map(JSON.integer) ?? .null, .integer(3), .integer(1)])
    let layers: [JSON] = [
      .object(["class_name": .string("InputLayer"), "config": .object(["batch_shape": shape])]),
      .object([
        "class_name": .string("LSTM"),
        "config": .object([
          "name": .string("lstm"), "units": .integer(4), "stateful": .bool(true),
        ]),
      ]),
    ]
    let read = try Architecture(
      kerasConfig: .object([
        "class_name": .string("Sequential"), "config": .object(["layers": .array(layers)]),
      ]))
    let model = read.makeModel()
    model.build(inputShape: read.inputShape)
    let architecture = try #require(Architecture(model))
    #expect(architecture.inputs[0].batchSize == size)
    for (dialect, key) in [
      (KerasDialect.archive, "batch_shape"), (.wholeModel, "batch_input_shape"),
      (.keras2, "batch_input_shape"),
    ] {
      let written = architecture.kerasConfig(dialect)
      #expect(written["config"]?["layers"]?.array?[0]["config"]?[key] == shape)
      let lost = architecture.lost(in: dialect)
      #expect(
        lost.map { $0.hasPrefix("the number of examples in a batch") }
          == (size == nil ? [true] : []))
    }
  }

  @Test("Invalid configs are refused with a sentence, never with a trap")
  func refusals() {
    #expect(
      error("{") == "The model's configuration cannot be read: the text is not JSON at byte 1")
    #expect(
      error(#"{"class_name": "Functional", "config": {}}"#)
        == """
        The model's configuration cannot be used: it is a subclass of Model, of which a file holds \
        no layers
        """)
    #expect(
      error(#"{"class_name": "MyModel", "config": {}}"#)
        == """
        The model is of the class 'MyModel', which is not supported: a file holds the layers of \
        Sequential and Functional models only
        """)
    #expect(
      error(sequential(#"{"class_name": "TextVectorization", "config": {"name": "l"}}"#))
        == "The layer 'l' is of the class 'TextVectorization', which is not supported")
    for units in ["0", "-1", "2000000000", "1.5", "null", "\"128\"", "[]"] {
      #expect(
        error(sequential(#"{"class_name": "Dense", "config": {"name": "d", "units": \#(units)}}"#))
          == "The option 'units' of the layer 'd' is not a whole number in 1...131072, but \(units)"
      )
    }
    #expect(
      error(sequential(#"{"class_name": "Dropout", "config": {"rate": 1}}"#))
        == "The option 'rate' of the layer 'dropout' is not a number in 0..<1, but 1")
    #expect(
      error(
        sequential(
          #"{"class_name": "Conv2D", "#
            + #""config": {"filters": 1, "kernel_size": [3, 40], "name": "c"}}"#
        ))
        == "The layer 'c' has a window of 3 × 40, larger than its input [28, 28, 1]")
    #expect(
      error(sequential(#"{"class_name": "Dense", "config": {"units": 1}}"#, input: "[null, -1]"))
        == """
        The model's configuration cannot be used: an extent of the input is -1, not in 1...32768
        """)
    let twins = #"{"class_name": "Flatten", "config": {"name": "f"}}"#
    #expect(
      error(sequential("\(twins), \(twins)"))
        == "The model's configuration cannot be used: two layers have the name 'f'")
    #expect(
      error(sequential(#"{"class_name": "Flatten", "config": {"name": "a/../b"}}"#))
        == "The model's configuration cannot be used: 'a/../b' cannot be the name of a layer")
    #expect(
      error(String(repeating: "[", count: 100_000))
        == "The model's configuration cannot be read: its values are nested deeper than 64 levels")
  }

  @Test("A model that would exhaust memory is refused before anything is allocated")
  func limits() throws {
    let deep = sequential(
      """
      {"class_name": "Conv2D", "config": {"filters": 32768, "kernel_size": [4096, 4096]}},
      {"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"units": 131072}}
      """, input: "[null, 32768, 32768, 32768]")
    #expect(
      error(deep)
        == """
        The layer 'conv2d' needs 97308658139136 numbers for a single example, at most 67108864 \
        are supported
        """)
    let wide = sequential(
      #"{"class_name": "Conv2D", "config": {"filters": 1, "kernel_size": 4096, "padding": "same"}}"#
    )
    let problem = try #require(error(wide))
    #expect(problem.hasPrefix("The layer 'conv2d' has the most of the multiplications"))
  }

  @Test("JSON is written in ASCII with sorted keys, so equal values are equal bytes")
  func text() throws {
    let json: JSON = .object(["b": .string("é \u{1F600}"), "a": .array([.number(0.001), .null])])
    #expect(json.text == #"{"a":[0.001,null],"b":"\u00e9 \ud83d\ude00"}"#)
    #expect(try JSON(parsing: json.text) == json)
  }
}
