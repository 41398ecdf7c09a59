import Inference
import JSON
import Tensors
import TestSupport
import Testing
import Training

@Suite("Evaluations")
struct EvaluationTests {
  private let expected: JSON

  init() throws {
    expected = try JSON(
      parsing: String(decoding: readBytes(fixture("evaluation.json")), as: UTF8.self))
  }

  private func numbers(_ name: String) -> [Double] {
    (expected[name]?.array ?? []).compactMap(\.number)
  }

  /// The examples of the fixture, in batches of 50.
  private func evaluation() -> Evaluation {
    let (logits, labels) = (numbers("logits").map(Float.init), numbers("labels").map(Float.init))
    var recorder = EvaluationRecorder()
    for start in stride(from: 0, to: labels.count, by: 50) {
      let end = min(start + 50, labels.count)
      let batch = Tensor(Array(logits[start * 4..<end * 4]), shape: [end - start, 4])
      let logarithms = batch.logSoftmax().scalars
      let classes = labels[start..<end]
      let loss = classes.enumerated().reduce(0.0) {
        $0 - Double(logarithms[$1.offset * 4 + Int($1.element)])
      }
      recorder.add(
        loss: loss / Double(classes.count),
        labels: Tensor(Array(classes), shape: [classes.count]), logits: batch)
    }
    return recorder.evaluation
  }

  @Test("Loss, accuracy, confusion and recall are those of scikit-learn")
  func figures() throws {
    let evaluation = evaluation()
    #expect(evaluation.count == 120 && evaluation.classCount == 4)
    #expect(abs(evaluation.loss - (try #require(expected["loss"]?.number))) < 1e-6)
    #expect(evaluation.accuracy == expected["accuracy"]?.number)
    let confusion = evaluation.confusion
    #expect(confusion.counts.map(Double.init) == numbers("confusion"))
    for (label, recall) in numbers("recalls").enumerated() {
      #expect(confusion.recall(of: label) == recall)
    }
    #expect(confusion.recall(of: 3) == nil)
  }

  @Test("The worst errors are wrong, and those with the largest losses")
  func worst() {
    let evaluation = evaluation()
    #expect(evaluation.worstErrors(10).map(Double.init) == numbers("worst"))
    #expect(evaluation.worstErrors(1000).count == Int((1 - evaluation.accuracy) * 120 + 0.5))
    for (index, confidence) in numbers("confidences").enumerated() {
      #expect(abs(evaluation.confidence(of: index) - confidence) < 1e-6)
    }
  }

  @Test("Wilson's intervals are those of statsmodels")
  func intervals() throws {
    for entry in expected["intervals"]?.array ?? [] {
      let values = (entry.array ?? []).compactMap(\.number)
      let interval = wilsonInterval(successes: Int(values[0]), of: Int(values[1]))
      #expect(abs(interval.lowerBound - values[2]) < 1e-12)
      #expect(abs(interval.upperBound - values[3]) < 1e-12)
    }
    #expect(wilsonInterval(successes: 0, of: 0) == 0...1)
  }
}
