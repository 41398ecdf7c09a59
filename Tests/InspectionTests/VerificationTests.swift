import Checkpoints
import Console
import Glibc
import HDF5
import Inspection
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// `inspect --verify` on files with damaged bytes.
@Suite("inspect --verify")
struct VerificationTests {
  /// A run with a weight that spans several pieces of the seal.
  private static let bytes = Result { () throws -> [UInt8] in
    try withTemporaryDirectory { directory in
      try VerificationTests.save(to: "\(directory)/ckpt.h5")
      return try readBytes("\(directory)/ckpt.h5")
    }
  }

  private static func save(to path: String, step: Int = 7, _ change: (Adam) -> Void = { _ in })
    throws
  {
    let model = Sequential([Dense(120, name: "d1"), Dense(2, name: "d2")])
    model.build(inputShape: [150])
    let optimizer = Adam()
    optimizer.build(for: model.trainableVariables)
    optimizer.iterations = step
    change(optimizer)
    var state = TrainingState(seed: 1, dataDigest: "06", settings: [:])
    (state.stepInEpoch, state.globalStep) = (step, step)
    try Checkpoint(model: model, optimizer: optimizer, state: state).save(to: path)
  }

  /// The offset of a tensor's elements in the file.
  private func place(of path: String, in bytes: [UInt8]) throws -> Int {
    try withTemporaryDirectory { directory in
      try writeBytes(bytes, to: "\(directory)/a.h5")
      let offset = try File.open("\(directory)/a.h5").dataset(at: path).fileOffset
      return try #require(offset)
    }
  }

  private func end(of bytes: [UInt8]) throws -> Int {
    try withTemporaryDirectory { directory in
      try writeBytes(bytes, to: "\(directory)/a.h5")
      return try File.open("\(directory)/a.h5").superblock.endOfFile
    }
  }

  private func verified(
    _ bytes: [UInt8], _ arguments: String = "--verify"
  ) throws -> ProgramResult {
    try withTemporaryDirectory { directory in
      try writeBytes(bytes, to: "\(directory)/ckpt.h5")
      return try inspect("ckpt.h5", "--verify", arguments, in: directory)
    }
  }

  @Test("Verifies one consistent version of a file that is replaced repeatedly")
  func replaced() async throws {
    let directory = try sharedTemporaryDirectory()
    let path = "\(directory)/replaced.h5"
    for step in [7, 9] { try VerificationTests.save(to: "\(directory)/\(step).h5", step: step) }
    link("\(directory)/9.h5", path)
    let replacing = Task.detached {
      while !Task.isCancelled {
        for step in [7, 9] {
          link("\(directory)/\(step).h5", "\(directory)/new.h5")
          rename("\(directory)/new.h5", path)
        }
      }
    }
    defer { replacing.cancel() }
    for _ in 0..<50 {
      let verification = try Verification(of: path)
      #expect(verification.isGood, "\(verification.contradictions)")
    }
  }

  @Test("Reports every part of an intact checkpoint as good")
  func good() throws {
    let bytes = try VerificationTests.bytes.get()
    let result = try verified(bytes)
    #expect(
      result.output == """
        ckpt.h5: Cairn checkpoint (format 1), Keras 3.15.1, \(Format.bytes(bytes.count))

        seal       good: \(try end(of: bytes) / 16384 + 1) pieces, step 7
        structure  good: 47 objects, 25 datasets read
        content    verified: 14 tensors as saved
        numbers    good: no NaN, no infinity in what was read
        training   good: step 7, epoch 0
        loading    good: the model can be loaded
        suspicious nothing

        Safe to open in Keras: yes
        The file is intact.

        """)
    #expect(result.error == "")
    #expect(result.code == 0)
  }

  @Test("Finds a flipped bit in a weight: the bytes and the tensor, and nothing else")
  func weight() throws {
    var bytes = try VerificationTests.bytes.get()
    let place = try place(of: "/layers/dense/vars/0", in: bytes)
    // A piece that contains only this tensor.
    let piece = place / 16384 + 1
    bytes[piece * 16384 + 5000] ^= 4
    let result = try verified(bytes)
    let range = "bytes \(piece * 16384) to \(piece * 16384 + 16383)"
    #expect(
      result.output == """
        ckpt.h5: Cairn checkpoint (format 1), Keras 3.15.1, \(Format.bytes(bytes.count))

        seal       damaged: 1 range of bytes, in a file of \(try end(of: bytes) / 16384 + 1) pieces
                   \(range): d1/kernel
        structure  damaged: 47 objects, 24 datasets read, 1 not readable
                   /layers/dense/vars/0: damaged: \
        the \(range.replacing("bytes ", with: "bytes from ")) do not match the seal
        content    damaged: 1 of 14 tensors
                   d1/kernel (/layers/dense/vars/0): its elements, shape or type are not those \
        that \
        were saved
        numbers    good: no NaN, no infinity in what was read
        training   good: step 7, epoch 0

        The file is damaged.

        """)
    #expect(
      result.error == """
        inspect: error: 'ckpt.h5' is not valid: \
        the \(range.replacing("bytes ", with: "bytes from ")), of 'd1/kernel', do not match the seal

        """)
    #expect(result.code == 65)
  }

  @Test("Distinguishes a damaged seal from damage to the sealed bytes")
  func seal() throws {
    var bytes = try VerificationTests.bytes.get()
    bytes[bytes.count - 100] ^= 1
    let result = try verified(bytes)
    #expect(result.output.contains("\nseal       damaged: its seal is damaged\n"))
    #expect(result.output.contains("\ncontent    verified: 14 tensors as saved\n"))
    #expect(result.error == "inspect: error: 'ckpt.h5' is not valid: its seal is damaged\n")
    #expect(result.code == 65)
  }

  @Test("Accepts a file without its seal, and says that it has none")
  func unsealed() throws {
    let bytes = try VerificationTests.bytes.get()
    let result = try verified(Array(bytes.prefix(try end(of: bytes))))
    #expect(
      result.output.contains(
        "\nseal       none any more: another program has written the file since\n"))
    #expect(result.output.contains("\ncontent    verified: 14 tensors as saved\n"))
    #expect(
      result.output.hasSuffix(
        "\nThe tensors are intact; without a seal, the rest of the file cannot be verified.\n"))
    #expect(result.error == "")
    #expect(result.code == 0)
  }

  @Test("Finds a changed tensor by its digest, without a seal")
  func content() throws {
    var bytes = try VerificationTests.bytes.get()
    bytes = Array(bytes.prefix(try end(of: bytes)))
    bytes[try place(of: "/optimizer/vars/7", in: bytes) + 3] ^= 1
    let result = try verified(bytes)
    #expect(result.output.contains("\ncontent    damaged: 1 of 14 tensors\n"))
    #expect(
      result.error == """
        inspect: error: 'ckpt.h5' is not valid: 'optimizer/d2/kernel/velocity' differs from what \
        was saved: its elements, shape or type are not those that were saved

        """)
    #expect(result.code == 65)
  }

  @Test("Reports damaged HDF5 metadata without following it")
  func metadata() throws {
    var bytes = try VerificationTests.bytes.get()
    bytes[200] ^= 0x40
    let result = try verified(bytes)
    #expect(result.output.contains("bytes 0 to 16383: HDF5 metadata"))
    #expect(
      result.output.contains("damaged: the bytes from 0 to 16383 do not match the seal"))
    #expect(result.code == 65)
  }

  @Test("Suggests the newest valid checkpoint beside a damaged one")
  func alternatives() throws {
    let good = try VerificationTests.bytes.get()
    var bad = good
    bad[good.count / 2] ^= 1
    try withTemporaryDirectory { directory in
      try writeBytes(Array(good.prefix(5000)), to: "\(directory)/ckpt.h5")
      try writeBytes(bad, to: "\(directory)/ckpt.step-00000009.h5")
      try VerificationTests.save(to: "\(directory)/a.h5", step: 8)
      try writeBytes(try readBytes("\(directory)/a.h5"), to: "\(directory)/ckpt.step-00000008.h5")
      try writeBytes(good, to: "\(directory)/ckpt.step-00000007.h5")
      try writeBytes(bad, to: "\(directory)/ckpt.h5.damaged-20260131T120000Z")
      let cut = try inspect("ckpt.h5", "--verify", in: directory)
      #expect(
        cut.error == """
          inspect: error: 'ckpt.h5' is not valid: truncated: 5000 bytes, the header says \
          \(try end(of: good)); 'ckpt.step-00000008.h5' of step 8 verifies, use that

          """)
      #expect(cut.code == 65)
      for name in ["ckpt.step-00000009.h5", "ckpt.h5.damaged-20260131T120000Z"] {
        let result = try inspect(name, "--verify", "--json", in: directory)
        let json = try JSON(parsing: result.output)
        #expect(json["good"] == .bool(false))
        #expect(
          json["alternatives"]?.array?.map { $0["path"] }
            == [.string("ckpt.step-00000008.h5"), .string("ckpt.step-00000007.h5")])
        #expect(json["seal"]?["damaged"]?.array?.count == 1)
        #expect(result.code == 65)
      }
    }
  }

  @Test("Names weights that contain NaN or infinity, with the first position")
  func nonFinite() throws {
    try withTemporaryDirectory { directory in
      let model = Sequential([Dense(2, name: "d1"), Dense(3, name: "d2")])
      model.build(inputShape: [4])
      model.variables[2].value = Tensor([1, 2, .infinity, .nan, 5, .nan], shape: [2, 3])
      try InspectionTests.save(model, to: "\(directory)/bad.h5")
      let result = try inspect("bad.h5", "--verify", in: directory)
      #expect(
        result.output.contains(
          """

          numbers    not finite in 1 tensor
                     d2/kernel: 2 NaN, 1 infinite, the first at [0, 2]

          """))
      #expect(
        result.output.hasSuffix("\nThe file is intact, but contains NaN or infinite weights.\n")
      )
      #expect(
        result.error
          == "inspect: error: 'bad.h5' is not valid: 'd2/kernel' contains NaN or infinity at [0, "
          + "2]\n"
      )
      #expect(result.code == 65)
    }
  }

  @Test("Finds a training state that does not match the optimizer")
  func contradiction() throws {
    try withTemporaryDirectory { directory in
      try VerificationTests.save(to: "\(directory)/a.h5") { $0.iterations = 5 }
      let result = try inspect("a.h5", "--verify", in: directory)
      #expect(
        result.error == """
          inspect: error: 'a.h5' is not valid: the optimizer has taken 5 steps, the training state \
          says 7

          """)
      #expect(result.output.contains("seal       good"))
      #expect(result.code == 65)
    }
  }

  @Test("Verifies files of other programs as far as possible")
  func others() throws {
    for name in ["tiny_seq_step5.h5", "numbers.h5", "objects.h5", "cycles.h5"] {
      let result = try inspect(name, "--verify")
      #expect(result.output.contains("\nseal       none"))
      #expect(
        result.output.hasSuffix(
          "No problems were found; without a seal, not every change can be detected.\n"))
      #expect(result.code == 0, "\(name): \(result.error)")
    }
    #expect(try inspect("README.md", "--verify").code == 65)
    #expect(try inspect("nowhere.h5", "--verify").code == 66)
  }

  @Test("Detects a change of any byte of a sealed file")
  func everyByte() throws {
    let bytes = try VerificationTests.bytes.get()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.h5"
      var unnoticed: [Int] = []
      // All bytes of the header and of the end of the seal, and a sample between them.
      let places =
        Array(0..<96) + Array(bytes.count - 128..<bytes.count)
        + stride(from: 96, to: bytes.count - 128, by: 1009)
      for place in places {
        var damaged = bytes
        damaged[place] ^= UInt8(1 << (place % 8))
        try writeBytes(damaged, to: path)
        // A file with a damaged signature is another kind of file, which is an error.
        if (try? Verification(of: path))?.isGood == true { unnoticed.append(place) }
      }
      #expect(unnoticed == [])
    }
  }
}
