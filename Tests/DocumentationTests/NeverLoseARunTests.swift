import Cairn
import TestSupport
import Testing

@Suite("The article NeverLoseARun")
struct NeverLoseARunTests {
  private func images(in directory: String) throws -> ImageSet {
    try MNIST.load(from: writeData(in: directory, train: 96)).train
  }

  @Test("The run saves, resumes from an intact checkpoint, and reports both")
  func run() throws {
    try withTemporaryDirectory { directory in
      let (path, best) = ("\(directory)/ckpt.h5", "\(directory)/best.h5")
      let images = try images(in: directory)
      let first = try Transcript.of {
        try train(on: images, epochs: 1, saveTo: path, best: best, signals: nil)
      }
      #expect(first.contains("saved \(path) after step 3\n"))
      #expect(first.contains("saved \(best) after step 3\n"))
      #expect(try isIntact(path))
      _ = try Transcript.of {
        try train(on: images, epochs: 2, saveTo: path, best: best, signals: nil)
      }

      var bytes = try readBytes(path)
      bytes[bytes.count / 2] ^= 1
      try writeBytes(bytes, to: path)
      var isWhole = true
      let verification = try Transcript.of { isWhole = try isIntact(path) }
      #expect(!isWhole)
      #expect(verification.contains(" of step 3 is intact\n"))
      let resumed = try Transcript.of {
        try train(on: images, epochs: 2, saveTo: path, best: best, signals: nil)
      }
      #expect(resumed.contains("damaged: \(path)\n"))
      #expect(try isIntact(path))
    }
  }

  @Test("The exit code of a stopped run is 128 plus the signal")
  func exitCode() throws {
    var codes: [Int32?] = []
    let text = try Transcript.of {
      codes.append(try trainUntilStopped {})
      let stopped = TrainingError.stopped(signal: 15, step: 7, path: "ckpt.h5")
      codes.append(try trainUntilStopped { throw stopped })
    }
    #expect(codes == [nil, 143])
    #expect(text == "stopped after step 7; repeat the command to resume ckpt.h5\n")
  }
}
