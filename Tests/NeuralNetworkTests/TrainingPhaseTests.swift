import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The numbers are real Keras's: tools/keras/golden_phase.py.
@Suite("Inner calls inherit `training`")
struct TrainingPhaseTests {
  private final class Block: Model {
    let dense = Dense(2)
    let norm = BatchNormalization(momentum: 0.5)

    override func call(_ x: Tensor, training: Bool) -> Tensor { norm(dense(x)) }
  }

  private final class Outer: Model {
    let block = Block()
    let head = Dense(1)

    override func call(_ x: Tensor, training: Bool) -> Tensor { head(block(x)) }
  }

  private final class Dropping: Model {
    let dropout = Dropout(0.5)
    override func call(_ x: Tensor, training: Bool) -> Tensor { dropout(x) }
  }

  private final class Frozen: Model {
    let dropping = Dropping()
    override func call(_ x: Tensor, training: Bool) -> Tensor { dropping(x, training: false) }
  }

  /// Starts like the model in the script.
  private func makeModel() -> (Outer, x: Tensor, y: Tensor) {
    let model = Outer()
    model.build(inputShape: [3])
    for layer in [model.block.dense, model.head] {
      let shape = layer.kernel.shape
      layer.kernel.value = Tensor(
        (0..<shape.elementCount).map { Float($0 % 5) / 4 - 0.4 }, shape: shape)
    }
    let x = Tensor((0..<12).map { Float($0 * $0 % 7) / 4 }, shape: [4, 3])
    return (model, x, [[1], [-1], [0.5], [2]])
  }

  @Test("Models in models without explicit `training` agree with Keras")
  func normalization() {
    let (model, x, y) = makeModel()
    #expect(
      relativeDifference(
        model(x).scalars, [-0.20302352, -0.13493255, 0.00062468648, 0.04622689]) < 1e-6)
    model.compile(optimizer: SGD(learningRate: 0.1), loss: MeanSquaredError())
    let losses = model.fit(x, y, batchSize: 2, epochs: 3, shuffle: false).history["loss"] ?? []
    #expect(
      relativeDifference(losses.map { Float($0) }, [2.0521531, 1.7430847, 1.5797727]) < 1e-5)
    #expect(
      relativeDifference(model.block.norm.movingMean.value.scalars, [0.13053045, -0.02009961])
        < 1e-5)
    #expect(
      relativeDifference(
        model.block.norm.movingVariance.value.scalars, [0.023015855, 0.0293739]) < 1e-5)
    #expect(
      relativeDifference(
        model.predict(x).scalars, [0.24567282, 0.3318441, 0.6359595, 0.64948285]) < 1e-5)
  }

  @Test("Dropout drops in training only, and `training: false` inside holds")
  func dropout() {
    let x = Tensor(repeating: 1, shape: [100, 10])
    let model = Dropping()
    #expect(model(x) == x)
    let dropped = model(x, training: true).scalars
    #expect(dropped.allSatisfy { $0 == 0 || $0 == 2 })
    #expect(dropped.contains(0) && dropped.contains(2))
    #expect(model(x) == x)
    #expect(Frozen()(x, training: true) == x)
    #expect(Sequential([Dropping()])(x, training: true).scalars.contains(0))
  }

  @Test("A model that is built inside of a training call does not take the zeros for a batch")
  func buildsInInference() {
    let model = Outer()
    let (built, x, _) = makeModel()
    _ = built(x, training: true)
    model.block.dense.isTrainable = true
    _ = model(x, training: true)
    // One batch with the momentum 0.5: had the zeros counted, only a quarter of 1 would be left.
    #expect(model.block.norm.movingVariance.value.scalars.allSatisfy { $0 >= 0.5 })
  }
}
