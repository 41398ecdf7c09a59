import HDF5
import Inspection
import TestSupport
import Testing

@Suite("inspect --raw")
struct ObjectTests {
  @Test("Lists every object with its storage, and escapes control characters in names")
  func raw() throws {
    let result = try inspect("objects.h5", "--raw")
    #expect(
      result.output == """
        /                                  group of 7 members
            @count = -3
            @json = {
              "class_name": "Dense",
              "config": {
                "name": "d",
                "rate": 0.1,
                "units": 3
              }
            }
            @large = 18446744073709551615
            @list = ["a", "b"]
            @matrix = (float64 of shape [2, 2])
            @nothing = []
            @ratios = [0.1, nan, inf]
            @title = "objects"
        /again                             float32 (2, 3), contiguous, 24 bytes, at 8192
            @unit = "m²"
        /dangling                          a soft link to '/nowhere'
        /data                              group of 8 members
        /data/big                          int16 big-endian (2,), contiguous, 4 bytes, at 8336
        /data/empty                        float32, contiguous, 0 bytes
        /data/packed                       float64 (64, 32), chunked (16, 32), shuffle 8, \
        deflate 4, fletcher32, 120 bytes
        /data/plain                        same as /again
        /data/scalar                       int64 (), contiguous, 8 bytes, at 8340
        /data/table                        compound {a: float32, b: int32} (2,), contiguous, 16 \
        bytes, \
        at 8380
        /data/text                         string, UTF-8 (2,), contiguous, 32 bytes, at 8348
        /data/up                           same as /
        /evil\\x1B[2J\\nname\\u{202E}gpj.exe  float32 (), contiguous, 4 bytes, at 8396
        /outside                           an external link to '/x' in '/etc/passwd'
        /soft                              a soft link to '/data/plain'
        /type                              a named datatype

        Suspicious: /dangling: is a soft link to '/nowhere'
        Suspicious: /outside: is an external link to '/x' in '/etc/passwd'
        Suspicious: /soft: is a soft link to '/data/plain'
        Suspicious: /evil\\x1B[2J\\nname\\u{202E}gpj.exe: its name has control characters
        Safe to open in Keras: no, because /outside: is an external link to '/x' in '/etc/passwd'

        """)
    #expect(result.code == 0)
  }

  @Test("Lists only the objects selected by paths and names")
  func chosen() throws {
    #expect(
      try inspect("tiny_sub_step5.weights.h5", "d1", "d2/bias", "optimizer/conv1/bias").output
        == """
        /d1                group of 1 member
        /d1/vars           group of 2 members
            @name = "dense"
        /d1/vars/0         float32 (400, 8), contiguous, 12,800 bytes, at 12904  (d1/kernel)
        /d1/vars/1         float32 (8,), contiguous, 32 bytes, at 8352  (d1/bias)
        /d2/vars/1         float32 (10,), contiguous, 40 bytes, at 8704  (d2/bias)
        /optimizer/vars/4  float32 (4,), contiguous, 16 bytes, at 9044  \
        (optimizer/conv1/bias/momentum)
        /optimizer/vars/5  float32 (4,), contiguous, 16 bytes, at 9060  \
        (optimizer/conv1/bias/velocity)

        """)
    #expect(
      try inspect("objects.h5", "soft", "data/plain").output == """
        /soft        a soft link to '/data/plain'
        /data/plain  float32 (2, 3), contiguous, 24 bytes, at 8192
            @unit = "m²"

        """)
  }

  @Test("Shows the hard links of a checkpoint")
  func hardLinks() throws {
    try withTemporaryDirectory { directory in
      try saveWeights(to: "\(directory)/w.h5")
      let objects = try Inspector(opening: "\(directory)/w.h5").objects().objects
      let bias = try #require(objects.first { $0.path == "/model_weights/d1/d1/bias" })
      guard case .sameAs(let path) = bias.content else {
        Issue.record("\(bias.content)")
        return
      }
      #expect(path == "/layers/dense/vars/1")
    }
  }
}
