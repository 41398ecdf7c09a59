import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Graphs of layers")
struct GraphTests {
  /// Adds its inputs; enough of a merging layer to draw graphs with.
  private final class Sum: Layer {
    override class var mergesInputs: Bool { true }
    override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
      inputs.dropFirst().reduce(inputs[0], +)
    }
    override func outputShape(inputShapes: [Shape]) throws(ShapeError) -> Shape {
      guard Set(inputShapes).count == 1 else { throw ShapeError(self, "needs equal shapes") }
      return inputShapes[0]
    }
  }

  /// x → stem → (left → left, dropout) → sum → head, `left` called twice.
  private final class Residual: Model {
    let stem = Dense(4, activation: .relu)
    let left = Dense(4)
    let dropout = Dropout(0.5)
    let sum = Sum()
    let head = Dense(2)

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      let y = stem(x, training: training)
      let other = dropout(y, training: training)
      return head(sum([left(left(y)), other, y]))
    }
  }

  @Test("A model that branches and calls a layer twice is known as that graph")
  func traced() throws {
    let model = Residual()
    model.build(inputShape: [3])
    let graph = try #require(model.graph)
    #expect(graph.chain == nil)
    let architecture = try #require(Architecture(model))
    #expect(architecture.layers.map(\.name) == ["stem", "left", "dropout", "sum", "head"])
    #expect(
      try architecture.outputShapes().map(\.outputShape) == [[4], [4], [4], [4], [2]])

    // Dropout returns what it is given, and yet is not taken for it.
    let sum = try #require(graph.calls.first { $0.layer.name == "sum" })
    #expect(
      sum.inputs.map { source in
        guard case .call(let index, _) = source else { return "input" }
        return graph.calls[index].layer.name
      } == ["left", "dropout", "stem"])

    let x = Tensor([1, -2, 3, 0.5, 0, 1], shape: [2, 3])
    let again = architecture.makeModel()
    #expect(again is Functional)
    #expect(again(x).scalars == model(x).scalars)
  }

  @Test("A result that is not used is left out, and a layer may be the output of two calls")
  func unused() throws {
    final class Wasteful: Model {
      let a = Dense(3)
      let b = Dense(3)
      override func call(_ x: Tensor, training: Bool) -> Tensor {
        _ = b(x)
        return a(x)
      }
    }
    let model = Wasteful()
    model.build(inputShape: [2])
    #expect(model.graph?.layers.map(\.name) == ["a"])
  }

  @Test("Freezing a model freezes its layers; unfreezing keeps non-trainable weights frozen")
  func freezing() {
    final class Averaging: Layer {
      override func weightSpecifications(inputShape: Shape) throws(ShapeError)
        -> [WeightSpecification]
      {
        [
          WeightSpecification("gain", shape: inputShape, initializer: .zeros),
          WeightSpecification("mean", shape: inputShape, initializer: .zeros, isTrainable: false),
        ]
      }
      override func call(_ x: Tensor, training: Bool) -> Tensor { x }
    }
    let inner = Sequential([Averaging(), Dense(2)])
    let model = Sequential([Dense(3), inner])
    model.build(inputShape: [2])
    #expect(model.trainableVariables.map(\.name) == ["kernel", "bias", "gain", "kernel", "bias"])
    inner.isTrainable = false
    #expect(model.trainableVariables.map(\.name) == ["kernel", "bias"])
    model.isTrainable = true
    #expect(model.trainableVariables.count == 5)
    #expect(model.variables.count == 6)
  }

  private func graphConfig(_ layers: String, output: String = "[\"b\",0,0]") throws -> Architecture
  {
    try Architecture(
      kerasConfig: JSON(
        parsing: """
          {"class_name":"Functional","config":{"name":"m","layers":[
          {"class_name":"InputLayer","name":"in","config":{"name":"in","batch_shape":[null,4]},
          "inbound_nodes":[]},\(layers)],"input_layers":[["in",0,0]],"output_layers":[\(output)]}}
          """))
  }

  private func dense(_ name: String, _ inputs: String, units: Int = 4) -> String {
    """
    {"class_name":"Dense","name":"\(name)","config":{"name":"\(name)","units":\(units)},\
    "inbound_nodes":\(inputs)}
    """
  }

  @Test("Operations are read as the layers that compute the same, others are refused")
  func operations() throws {
    func problem(_ className: String, _ arguments: String) -> String {
      let tensor = """
        {"class_name":"__keras_tensor__","config":{"keras_history":["in",0,0]}}
        """
      let layer = """
        {"class_name":"\(className)","name":"b","config":{"name":"b"},"inbound_nodes":[\
        {"args":\(arguments.replacing("T", with: tensor)),"kwargs":{}}]}
        """
      do {
        _ = try graphConfig(layer)
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(problem("Multiply", "[[T,T]]") == "none")
    #expect(problem("Multiply", "[T,T]") == "none")
    for arguments in ["[T,2.0]", "[1.5,T]"] {
      #expect(problem("Multiply", arguments) == "none")
      #expect(problem("Subtract", arguments) == "none")
      #expect(problem("Maximum", arguments).contains("(Maximum) is not supported with"))
    }
    #expect(problem("Divide", "[T,4.0]") == "none")
    #expect(problem("Divide", "[T,0]").contains("(Divide)"))
    #expect(problem("Divide", "[4.0,T]").contains("(Divide)"))
    #expect(problem("Add", "[T,1e300]").contains("(Add)"))
    #expect(problem("Add", "[2,3]").contains("(Add)"))
    #expect(problem("Relu", "[T]") == "none")
    #expect(problem("Negative", "[T]") == "none")
    #expect(
      problem("Concatenate", "[T,2.0]")
        == "The model's configuration cannot be used: the layer 'b' is called with 2, which is not "
        + "supported"
    )
    #expect(problem("Average", "[T]").contains("is called with \"a single input\""))
    #expect(problem("Average", "[[T]]") == "none")
  }

  @Test("An input and an output with names of their own are one input and one output")
  func namedEndpoints() throws {
    let model = try Architecture(
      kerasConfig: JSON(
        parsing: """
          {"class_name":"Functional","config":{"name":"m","layers":[
          {"class_name":"InputLayer","name":"in","config":{"name":"in","batch_shape":[null,4]},
          "inbound_nodes":[]},\(dense("b", "[[[\"in\",0,0,{}]]]"))],
          "input_layers":{"x":["in",0,0]},"output_layers":{"y":["b",0,0]}}}
          """))
    #expect(model.layers.map(\.name) == ["b"])
  }

  @Test("Invalid graphs are refused")
  func refusals() throws {
    func problem(_ layers: String, output: String = "[\"b\",0,0]") -> String {
      do {
        _ = try graphConfig(layers, output: output)
        return "none"
      } catch {
        return "\(error)"
      }
    }
    let first = dense("a", "[[[\"in\",0,0,{}]]]")
    #expect(problem(first + "," + dense("b", "[[[\"a\",0,0,{}]]]")) == "none")
    #expect(problem(first + "," + dense("b", "[[[\"b\",0,0,{}]]]")).contains("its own output"))
    #expect(
      problem(dense("a", "[[[\"b\",0,0]]]") + "," + dense("b", "[[[\"a\",0,0]]]"))
        .contains("its own output"))
    #expect(problem(first + "," + dense("b", "[[[\"c\",0,0]]]")).contains("has no layer 'c'"))
    #expect(problem(first + "," + dense("b", "[[[\"a\",7,0]]]")).contains("call 7"))
    #expect(problem(first + "," + dense("b", "[[[\"a\",-1,0]]]")).contains("call -1"))
    #expect(problem(first + "," + dense("b", "[[[\"a\",0,1]]]")).contains("no output 1"))
    #expect(problem(first + "," + dense("b", "[[]]")).contains("on 0 inputs"))
    #expect(
      problem(first + "," + dense("b", "[[[\"a\",0,0],[\"in\",0,0]]]")).contains("on 2 inputs"))
    let twice = dense("b", "[[[\"a\",0,0]],[[\"b\",0,0]]]", units: 3)
    #expect(problem(first + "," + twice, output: "[\"b\",1,0]").contains("different sizes"))
    #expect(problem(first, output: "[\"a\",0,0],[\"a\",0,0]") == "none")
    let many = Array(repeating: "[\"a\",0,0]", count: 1025).joined(separator: ",")
    #expect(problem(first, output: many).contains("has 1025 outputs, at most 1024 are supported"))
    #expect(problem(first, output: "[[\"a\",0,0],[\"a\",0,0]]").contains("is not supported"))
    #expect(
      problem(first, output: "[\"a\",0,0],3").hasSuffix(
        """
        'output_layers' must name outputs of layers, such as [["dense",0,0]], but is \
        [["a",0,0],3]
        """))
    let inner = """
      {"class_name":"Functional","name":"m","config":{"name":"m","layers":[
      {"class_name":"InputLayer","name":"i","config":{"name":"i","batch_shape":[null,4]},
      "inbound_nodes":[]},\(dense("r", "[[[\"i\",0,0,{}]]]"))],
      "input_layers":[["i",0,0]],"output_layers":[["r",0,0]]},"inbound_nodes":[[["in",0,0,{}]]]}
      """
    #expect(problem(inner, output: "[\"m\",1,0]") == "none")
    for call in [-1, Int.min] {
      #expect(problem(inner, output: "[\"m\",\(call),0]").contains("no call \(call)"))
    }
    #expect(problem(first + "," + first).contains("two layers have the name 'a'"))
    #expect(problem(first + "," + dense("in", "[]")).contains("two layers have the name 'in'"))
    let mask = """
      {"class_name":"NotEqual","name":"a","config":{},"inbound_nodes":[{"args":[
      {"class_name":"__keras_tensor__","config":{"keras_history":["in",0,0]}},0]}]}
      """
    #expect(problem(first + "," + mask).contains("two layers have the name 'a'"))
    #expect(problem(mask, output: "[\"a\",0,0]").contains("'a' is more than a mask"))
    #expect(problem(first, output: "[\"in\",0,0]").contains("no layers"))
  }

  @Test("A chain of ten thousand layers is supported")
  func deep() throws {
    let layers = (0..<10_000).map { index in
      dense(
        "d\(index)", "[[[\"\(index == 0 ? "in" : "d\(index - 1)")\",0,0,{}]]]", units: 1)
    }
    let architecture = try graphConfig(
      layers.joined(separator: ","), output: "[\"d9999\",0,0]")
    #expect(architecture.layers.count == 10_000)
    #expect(try architecture.outputShapes().last?.outputShape == [1])
  }
}
