import NeuralNetwork
import Tensors

/// Fully connected layers over any axes in C.
extension CProgram {
  mutating func einsum(
    _ layer: EinsumDense, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    guard let equation = layer.letterEquation(rank: input.count + 1),
      let kernelShape = call.variables.first?.shape
    else { throw call.refused("C", "has an equation that does not fit its input, and") }
    // The first letter of input and output is the batch.
    let parts = equation.split { ",->".contains($0) }.map(Array.init)
    let (inputAxes, kernelAxes, outputAxes) = (
      Array(parts[0].dropFirst()), parts[1], Array(parts[2].dropFirst())
    )
    let summed = inputAxes.filter { !outputAxes.contains($0) }
    let axes = outputAxes + summed
    func strides(_ own: [Character], _ shape: Shape) -> [Int] {
      axes.map { axis in own.firstIndex(of: axis).map { shape.strides[$0] } ?? 0 }
    }
    let extents = axes.map { axis in
      inputAxes.firstIndex(of: axis).map { input[$0] }
        ?? kernelAxes.firstIndex(of: axis).map { kernelShape[$0] } ?? 1
    }
    let (x, kernel) = (place(of: call.inputs[0]), try table(call, variable: "kernel"))
    let bias = try table(call, variable: "bias")
    let biasShape = call.variables.first { $0.name == "bias" }?.shape
    activated(
      layer.activation, output.elementCount, last: output.last ?? 1, index
    ) { program, y in
      if let biasShape {
        let missing = output.count - biasShape.count
        let own = output.indices.map { axis in
          axis < missing || biasShape[axis - missing] == 1 ? 0 : biasShape.strides[axis - missing]
        }
        program.loop(output.dimensions, strides: [output.strides, own]) {
          "\(y)[\($0[0])] = \(bias)[\($0[1])];"
        }
      } else {
        program.add("for (int32_t i = 0; i < \(output.elementCount); i++) \(y)[i] = 0.0f;")
      }
      program.loop(
        extents,
        strides: [
          strides(outputAxes, output), strides(inputAxes, input),
          strides(kernelAxes, kernelShape),
        ]
      ) { "\(y)[\($0[0])] += \(x)[\($0[1])] * \(kernel)[\($0[2])];" }
    }
  }
}
