import NeuralNetwork
import Tensors

/// Measures a recurrent layer: predictions, and the gradients of all weights and of the input.
///
/// `tools/bench/peers/recurrent.py` measures the same in other frameworks.
struct Recurrent {
  private let batch = 32
  private let steps = 50
  private let features = 32
  private let units = 64

  func run() {
    var options = RecurrentOptions()
    options.returnsSequences = true
    for (name, layer) in [
      ("LSTM", LSTM(units, options: options)), ("GRU", GRU(units, options: options)),
    ] as [(String, Layer)] {
      layer.seed = 1
      let shape: Shape = [batch, steps, features]
      let x = Variable(
        Tensor((0..<shape.elementCount).map { Float($0 % 13) / 13 - 0.5 }, shape: shape), name: "x")
      layer.build(inputShape: [steps, features])
      let predicting = measure { _ = layer(x.value, training: false).scalars[0] }
      let training = measure {
        let loss = withGradientTape { layer(x.value, training: true).sum() }
        let gradients = loss.gradients()
        for variable in layer.weights + [x] { _ = gradients[variable]?.scalars[0] }
      }
      print("\(name): prediction \(predicting) µs, gradients \(training) µs (medians)")
    }
  }

  private func measure(_ body: () -> Void) -> String {
    let clock = ContinuousClock()
    for _ in 0..<20 { body() }
    let times = (0..<200).map { _ in clock.measure(body) / .seconds(1) }.sorted()
    return rounded(times[times.count / 2] * 1e6)
  }
}
