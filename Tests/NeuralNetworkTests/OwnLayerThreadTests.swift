import NeuralNetwork
import Synchronization
import Tensors
import Testing
import Threads

@Suite("Custom layers and threads", .serialized)
struct OwnLayerThreadTests {
  /// Changes a property at each call, as nothing in Swift warns of.
  private final class Recorder: Layer {
    var inputs: [[Float]] = []
    override func call(_ x: Tensor, training: Bool) -> Tensor {
      for _ in 0..<200 { inputs.append(x.scalars) }
      return x
    }
  }

  private final class Counter: Layer, @unchecked Sendable {
    let running = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    let isSafe: Bool

    init(isSafe: Bool) {
      self.isSafe = isSafe
      super.init()
    }

    override var isThreadSafe: Bool { isSafe }

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      let now = running.add(1, ordering: .relaxed).newValue
      most.max(now, ordering: .relaxed)
      for _ in 0..<200 { _ = x.exp() }
      running.subtract(1, ordering: .relaxed)
      return x
    }
  }

  private let batches = (0..<40).map { index in
    let x = Tensor([Float(index)], shape: [1, 1])
    return (x, x)
  }

  @Test("A layer that changes a property is called by one thread, in order")
  func recorder() {
    let recorder = Recorder()
    let model = Sequential([recorder, Flatten()])
    var predictions: [Float] = []
    model.forEachPrediction(batches) { _, _, y in
      predictions += y.scalars
      return true
    }
    #expect(predictions == (0..<40).map { Float($0) })
    #expect(recorder.inputs.count == 40 * 200)
    #expect(recorder.inputs.first == [0] && recorder.inputs.last == [39])
  }

  @Test("Only a layer that says so is called by several threads", arguments: [false, true])
  func opting(isSafe: Bool) {
    let threads = Threads.count
    defer { Threads.count = threads }
    Threads.count = 4
    let counter = Counter(isSafe: isSafe)
    let model = Sequential([counter])
    var predictions: [Float] = []
    model.forEachPrediction(batches) { _, _, y in
      predictions += y.scalars
      return true
    }
    #expect(predictions == (0..<40).map { Float($0) })
    if !isSafe { #expect(counter.most.load(ordering: .relaxed) == 1) }
    #expect(model.isThreadSafe)
    #expect(counter.isThreadSafe == isSafe)
  }

  @Test("A subclass of Model is not taken for safe, a Sequential of layers of the library is")
  func models() {
    final class Own: Model {
      let d1 = Dense(1)
      override func call(_ x: Tensor, training: Bool) -> Tensor { d1(x) }
    }
    #expect(!Own().isThreadSafe)
    #expect(Sequential([Dense(1)]).isThreadSafe)
    #expect(Dense(1).isThreadSafe && Conv2D(1, 1).isThreadSafe && Dropout(0.5).isThreadSafe)
  }
}
