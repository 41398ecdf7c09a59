import JSON
import NeuralNetwork
import Testing

@Suite("What is missing to read a model")
struct MissingPartsTests {
  private static let volumes =
    #", "filters": 2, "kernel_size": 2, "data_format": "channels_first""#

  private static func layer(_ className: String, _ name: String, _ options: String = "") -> String {
    #"{"class_name": "\#(className)", "config": {"name": "\#(name)"\#(options)}}"#
  }

  /// The error of a sequential model; `inner` are the layers of a model in it.
  private func error(layers: [String], inner: [String] = []) throws -> KerasError? {
    let model = #"{"class_name": "Sequential", "config": {"name": "inner", "layers": ["#
    let all = layers + (inner.isEmpty ? [] : [model + inner.joined(separator: ",") + "]}}"])
    let input = #"{"class_name": "InputLayer", "config": {"batch_shape": [null, 4, 4, 1]}},"#
    let json = try JSON(
      parsing: #"{"class_name": "Sequential", "config": {"layers": [\#(input)"#
        + all.joined(separator: ",") + "]}}")
    return #expect(throws: KerasError.self) { try Architecture(kerasConfig: json) }
  }

  @Test("An error names all classes and options that are missing, also of models in the model")
  func all() throws {
    let found = try error(
      layers: [
        Self.layer("Cells", "a"), Self.layer("Flatten", "b"), Self.layer("Cells", "c"),
        Self.layer("Conv3D", "d", Self.volumes),
      ], inner: [Self.layer("Rings", "e"), Self.layer("Cells", "f")])
    #expect(
      found?.description == """
        The model needs 5 things that are not supported: the class 'Cells' (a, c, f); the option \
        'data_format' of the layer 'd' is "channels_first", which is not supported; the class \
        'Rings' (e)
        """)
  }

  @Test("A single one is named as before")
  func one() throws {
    let found = try error(layers: [Self.layer("Flatten", "b")], inner: [Self.layer("Cells", "f")])
    #expect(found == .unsupportedLayer(className: "Cells", name: "f"))
  }

  @Test("A model that is damaged, too, is damaged")
  func damaged() throws {
    let found = try error(layers: [Self.layer("Cells", "a"), Self.layer("Dense", "d")])
    #expect(found?.isOfLibrary == false)
  }

  @Test("Of many, the first eight are named")
  func many() throws {
    let found = try error(layers: (0..<100).map { Self.layer("Cells\($0)", "cells\($0)") })
    let text = found?.description ?? ""
    #expect(text.hasPrefix("The model needs 100 things that are not supported: the class 'Cells0'"))
    #expect(text.hasSuffix("; the class 'Cells7' (cells7) and 92 more"))
  }

  @Test("A functional model names operations and calls, too")
  func functional() throws {
    let json = try JSON(
      parsing: #"""
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
           "config": {"batch_shape": [null, 4], "name": "x"}},
          {"class_name": "Cells", "name": "a", "config": {"name": "a"},
           "inbound_nodes": [[["x", 0, 0, {}]]]},
          {"class_name": "TFOpLambda", "name": "b", "inbound_nodes": [["a", 0, 0, {}]],
           "config": {"name": "b", "function": "linalg.det"}},
          {"class_name": "Dense", "name": "c", "config": {"name": "c", "units": 2},
           "inbound_nodes": [[["b", 0, 0, {"wave": 3}]]]}],
         "input_layers": [["x", 0, 0]], "output_layers": [["c", 0, 0]]}}
        """#)
    let found = #expect(throws: KerasError.self) { try Architecture(kerasConfig: json) }
    #expect(
      found?.description == """
        The model needs 3 things that are not supported: the class 'Cells' (a); the operation 'b' \
        (tf.linalg.det) is not supported; the layer 'c' is called with {"wave":3}, which is not \
        supported
        """)
  }
}
