import Console
import TestSupport
import Testing

/// The default output to a pipe.
@Suite("inspect FILE")
struct SummaryTests {
  private func size(_ path: String) throws -> String { Format.bytes(try readBytes(path).count) }

  @Test("Shows a stopped run layer by layer, with its position")
  func run() throws {
    try withTemporaryDirectory { directory in
      try saveRun(to: "\(directory)/ckpt.h5")
      let result = try inspect("ckpt.h5", in: directory)
      #expect(
        result.output == """
          ckpt.h5: Cairn checkpoint (format 1), Keras 3.15.1, \(try size("\(directory)/ckpt.h5"))

          Model small (Sequential in Keras), input (6, 5, 1)
          layer    type     output     FLOPs  parameters   size  dtype
          ──────────────────────────────────────────────────────────────
          conv1    Conv2D   (4, 3, 2)    432          20   80 B  float32
          flatten  Flatten  (24,)                      0
          d1       Dense    (4,)         192         100  400 B  float32
          d2       Dense    (3,)          24          15   60 B  float32
          ──────────────────────────────────────────────────────────────
          total                          648         135  540 B

          Optimizer Adam: 272 parameters (1.07 KiB) in 14 variables
            state      iteration 4,181, learning rate 0.001
            options    amsgrad false, beta_1 0.9, beta_2 0.999, epsilon 1e-07,
                       learning_rate 0.001, name adam

          Training
            place      2 epochs done, 431 steps of epoch 3, 4,181 steps in all
            seed       18446744073709551615
            recipe     batch_size 32, optimizer adam
            data       SHA-256 06b0d1f124c4e5f…, 431 elements into pass 3
            made with  cairn_version 0.1.0, threads 2

          epoch    loss  accuracy  test_loss  test_accuracy    time
          ─────────────────────────────────────────────────────────
              1  0.1361    95.93%     0.0633         97.93%  12.3 s
              2  0.0457    98.59%     0.0500        100.00%  11.9 s

          Resumable: yes, in the middle of epoch 3, after 431 steps
          Sealed: yes; --verify compares all bytes with the seal

          Safe to open in Keras: yes

          """)
      #expect(result.error == "")
      #expect(result.code == 0)
    }
  }

  @Test("Prints plain ASCII in a locale without UTF-8")
  func ascii() throws {
    try withTemporaryDirectory { directory in
      try saveRun(to: "\(directory)/ckpt.h5", stepInEpoch: 0)
      let output = try inspect("ckpt.h5", in: directory, locale: "C").output
      #expect(output.allSatisfy { $0.isASCII && ($0 == "\n" || $0 >= " ") })
      #expect(output.contains("SHA-256 06b0d1f124c4e..., 0 elements"))
      #expect(output.contains("\nResumable: yes, after epoch 2\n"))
    }
  }

  @Test("Uses colour only if requested")
  func color() throws {
    let plain = try inspect("tiny_seq_step5.h5").output
    #expect(!plain.contains("\u{1B}"))
    let styled = try inspect("tiny_seq_step5.h5", "--color", "always").output
    #expect(styled.hasPrefix("\u{1B}[1mtiny_seq_step5.h5\u{1B}[22m: Keras model"))
  }

  @Test("Weights alone cannot be resumed")
  func weights() throws {
    try withTemporaryDirectory { directory in
      try saveWeights(to: "\(directory)/w.h5")
      let output = try inspect("w.h5", in: directory).output
      #expect(output.contains("\nResumable: no: it contains only weights\n"))
      #expect(!output.contains("Optimizer"))
    }
  }

  @Test("Shows the layer names of a subclassed Keras model")
  func subclass() throws {
    let result = try inspect("tiny_sub_step5.weights.h5")
    #expect(
      result.output == """
        tiny_sub_step5.weights.h5: Keras 3 weights, 61.62 KiB

        Model my_model
        layer    type     output  parameters       size  dtype
        ────────────────────────────────────────────────────────
        conv1    Conv2D   ?               40      160 B  float32
        d1       Dense    ?            3,208  12.53 KiB  float32
        d2       Dense    ?               90      360 B  float32
        flatten  Flatten  ?                0
        ────────────────────────────────────────────────────────
        total                          3,338  13.04 KiB

        Optimizer Adam: 6,678 parameters (26.09 KiB) in 14 variables
          state      iteration 5, learning rate 0.001

        Resumable: no: it contains weights and an optimizer, but no training state
        Sealed: no, as files of other programs; --verify checks what can be checked

        Safe to open in Keras: yes

        """)
  }

  @Test("Shows a file without a model as a tree, with types and shapes")
  func plainFile() throws {
    let result = try inspect("objects.h5")
    #expect(
      result.output == """
        objects.h5: HDF5 file, 13.99 KiB

        No model; --raw also lists storage and attributes.
          again                             float32 (2, 3)
          dangling                          a soft link to '/nowhere'
          data/
            big                             int16 big-endian (2,)
            empty                           float32
            packed                          float64 (64, 32)
            plain                           same as /again
            scalar                          int64 ()
            table                           compound {a: float32, b: int32} (2,)
            text                            string, UTF-8 (2,)
            up                              same as /
          evil\\x1B[2J\\nname\\u{202E}gpj.exe  float32 ()
          outside                           an external link to '/x' in '/etc/passwd'
          soft                              a soft link to '/data/plain'
          type                              a named datatype

        Suspicious: /dangling: is a soft link to '/nowhere'
        Suspicious: /outside: is an external link to '/x' in '/etc/passwd'
        Suspicious: /soft: is a soft link to '/data/plain'
        Suspicious: /evil\\x1B[2J\\nname\\u{202E}gpj.exe: its name has control characters
        Safe to open in Keras: no, because /outside: is an external link to '/x' in '/etc/passwd'

        """)
    #expect(result.code == 0)
  }
}
