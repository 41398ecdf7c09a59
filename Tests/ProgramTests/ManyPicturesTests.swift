import Images
import TestSupport
import Testing

@Suite("predict with many pictures")
struct ManyPicturesTests {
  private let samples = "\(packageDirectory)/samples"
  private let model = "\(packageDirectory)/models/quickstart.h5"

  /// A folder of pictures of two classes, and of what else may lie in a folder.
  private func pictures() throws -> String {
    let folder = try sharedTemporaryDirectory()
    for name in ["p", "p/7", "p/3", "p/3/.hidden", "p/empty"] { mkdir("\(folder)/\(name)", 0o777) }
    for (name, sample) in [
      ("7/b.png", "7"), ("7/a.jpg", "drawn-7-uneven-light"), ("3/c.png", "3"),
      ("3/.hidden/x.png", "1"), ("top.png", "4"),
    ] {
      try writeBytes(try readBytes("\(samples)/\(sample).png"), to: "\(folder)/p/\(name)")
    }
    try writeBytes(Array("notes".utf8), to: "\(folder)/p/7/notes.txt")
    mkfifo("\(folder)/p/7/fifo", 0o666)
    symlink("..", "\(folder)/p/3/loop")
    symlink("c.png", "\(folder)/p/3/link.png")
    return folder
  }

  @Test("searches folders in the order of names, once, and names what it passes over")
  func folders() throws {
    let folder = try pictures()
    let result = try run("predict", ["-r", "p", "-m", model], in: folder)
    #expect(result.code == 0)
    #expect(
      result.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        == ["p/3/c.png:", "p/3/link.png:", "p/7/a.jpg:", "p/7/b.png:", "p/top.png:"])
    #expect(
      result.error == """
        predict: note: 3 files are neither PNG nor JPEG and were passed over: p/3/loop, p/7/fifo, \
        p/7/notes.txt\n
        """)
  }

  @Test("refuses a folder without -r, and one without pictures")
  func wrongFolders() throws {
    let folder = try pictures()
    let without = try run("predict", ["p", "p/top.png", "-m", model], in: folder)
    #expect(without.code == 66)
    #expect(without.output.hasPrefix("p/top.png: 4"))
    #expect(
      without.error == """
        predict: error: Cannot classify 'p': it is a folder
        predict: hint: -r classifies the pictures in folders\n
        """)
    let empty = try run("predict", ["-r", "p/empty", "-m", model], in: folder)
    #expect(empty.code == 65)
    #expect(empty.error.contains("'p/empty': the folder holds neither a PNG nor a JPEG"))
  }

  @Test("takes the classes from the names of folders, and evaluates the answers")
  func labels() throws {
    let folder = try pictures()
    let result = try run(
      "predict",
      ["-r", "p/3", "p/7", "-m", model, "--labels", "folders", "-q", "--worst", "w.png"],
      in: folder)
    #expect(result.code == 0)
    #expect(
      result.output.hasPrefix("Accuracy: 100.00% (4 of 4; 95 % interval 51.01% to 100.00%)\n"))
    #expect(try Image.decode(contentsOf: "\(folder)/w.png").width > 0)
    let again = try run(
      "predict", ["p/7/b.png", "-m", model, "--expect", "7", "--worst", "w.png"], in: folder)
    #expect(again.code == 73, "existing files are not replaced")
  }

  @Test("exits with 1 if an answer is not the expected one")
  func expectation() throws {
    let folder = try pictures()
    let right = try run("predict", ["p/7/b.png", "-m", model, "--expect", "7"], in: folder)
    #expect(right.code == 0)
    #expect(right.error == "")
    let wrong = try run("predict", ["p/7/b.png", "-m", model, "--expect", "3"], in: folder)
    #expect(wrong.code == 1)
    #expect(wrong.output.contains("(expected 3)"))
    #expect(wrong.error == "predict: note: 1 of 1 answers is not '3'\n")
    let none = try run("predict", ["p/7/b.png", "-m", model, "--expect", "x"], in: folder)
    #expect(none.code == 64)
    #expect(none.error == "predict: error: The model has no class 'x'\n")
  }

  @Test("reads lists, whose lines are nothing but paths, from files and from standard input")
  func lists() throws {
    let folder = try pictures()
    try writeBytes(
      Array("p/7/b.png\r\n\n@list\nlist\n-\np/3/c.png".utf8), to: "\(folder)/list")
    let result = try run("predict", ["@list", "-m", model], in: folder)
    #expect(result.code == 66)
    #expect(
      result.output.split(separator: "\n").map { $0.prefix(9) } == ["p/7/b.png", "p/3/c.png"])
    #expect(result.error.split(separator: "\n").count == 3)
    let piped = try run(
      "predict", ["@-", "-m", model], shell: "printf 'p/7/b.png\\np/top.png\\n' | \"$@\"",
      in: folder)
    #expect(piped.output.split(separator: "\n").count == 2)
    let missing = try run("predict", ["@none", "-m", model], in: folder)
    #expect(missing.code == 66)
  }

  @Test("reads pictures that follow each other, and goes on after a broken one")
  func stream() throws {
    let folder = try pictures()
    let (seven, three) = (
      try readBytes("\(samples)/7.png"), try readBytes("\(samples)/3.png")
    )
    var broken = seven
    broken[40] ^= 1
    let jpeg = try readBytes(fixture("classifiers/exact.jpg"))
    let parts = [
      seven, broken, three, Array(seven.dropLast(30)), [10, 10], three, jpeg, [0, 1], seven,
    ]
    try writeBytes(parts.flatMap(\.self), to: "\(folder)/stream")
    let result = try run("predict", ["-", "-m", model], shell: "\"$@\" < stream", in: folder)
    #expect(result.code == 65)
    #expect(
      result.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        == ["-:", "-#3:", "-#5:", "-#6:", "-#7:"])
    #expect(result.error.split(separator: "\n").count == 2)

    for script in ["\"$@\" < /dev/null", "printf 'text' | \"$@\""] {
      let none = try run("predict", ["-", "-m", model], shell: script, in: folder)
      #expect(none.code == 65)
      #expect(none.error.hasPrefix("predict: error: Cannot read '-': it is "))
    }
  }

  @Test("reads IDX files with labels, and refuses wrong lengths")
  func idx() throws {
    let folder = try pictures()
    let seven = try Image.decode(contentsOf: "\(samples)/7.png")
    let pixels = stride(from: 0, to: seven.samples.count, by: 4).map {
      UInt8(seven.samples[$0] / 257)
    }
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]
    try writeBytes(header + pixels + pixels, to: "\(folder)/x")
    try writeBytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 3], to: "\(folder)/y")
    let result = try run("predict", ["x", "-m", model, "--labels", "y"], in: folder)
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("x[0]: 7  100.00%\nx[1]: 7  100.00%   (expected 3)\n"))
    #expect(result.output.contains("Accuracy: 50.00% (1 of 2; "))
    let lines = try run("predict", ["x", "-m", model, "--labels", "y", "--jsonl"], in: folder)
    #expect(lines.output.split(separator: "\n").last?.hasPrefix(#"{"summary":{"#) == true)

    try writeBytes(header + pixels, to: "\(folder)/short")
    let short = try run("predict", ["short", "-m", model], in: folder)
    #expect(short.code == 65)
    #expect(short.error.contains("its header declares 1568 bytes, but it holds 784"))
    let few = try run("predict", ["x", "x", "-m", model, "--labels", "y", "-q"], in: folder)
    #expect(few.code == 65)
    #expect(
      few.error == "predict: error: Cannot use the labels 'y': there are 2, but more pictures\n")
    let many = try run("predict", ["p/top.png", "-m", model, "--labels", "y", "-q"], in: folder)
    #expect(many.error.hasSuffix("there are more than the 1 pictures\n"))
  }

  @Test("gives the same answers for any number of threads, in every form, for 10,000 files")
  func forms() throws {
    let folder = try sharedTemporaryDirectory()
    mkdir("\(folder)/p", 0o777)
    let names = (0..<20).flatMap { _ in
      TestSupport.names(in: samples).filter { $0.hasSuffix(".png") }
    }
    for (index, name) in names.enumerated() {
      symlink("\(samples)/\(name)", "\(folder)/p/\(1000 + index).png")
    }
    try writeBytes([], to: "\(folder)/p/1100a.png")
    let command = ["-r", "p", "-m", model]
    let one = try run("predict", command + ["--json", "--threads", "1"], in: folder)
    let four = try run("predict", command + ["--json", "--threads", "4"], in: folder)
    #expect(one.code == 65)
    #expect(one.outputBytes == four.outputBytes)
    let lines = try run("predict", command + ["--jsonl"], in: folder)
    #expect(
      one.output == "[\n  "
        + lines.output.split(separator: "\n").joined(separator: ",\n  ") + "\n]\n")
    let single = try run("predict", ["p/1007.png", "-m", model, "--jsonl"], in: folder)
    #expect(lines.output.split(separator: "\n")[7] == single.output.dropLast())
    let table = try run("predict", command + ["--csv"], in: folder)
    #expect(table.output.hasPrefix("file,class,class_name,confidence,expected,error\np/1000.png,"))
    #expect(table.output.split(separator: "\n").count == names.count + 2)
    #expect(
      table.output.contains("p/1100a.png,,,,,\"Cannot read 'p/1100a.png': it is an empty file, not")
    )

    // The first ten of each twenty, of 28 × 28 pixels.
    let numbers = (0..<10_000).map { 1000 + $0 % names.count / 20 * 20 + $0 % 10 }
    let list = numbers.map { "p/\($0).png\n" }.joined()
    try writeBytes(Array(list.utf8), to: "\(folder)/list")
    let large = try run("predict", ["@list", "-m", model], in: folder)
    #expect(large.code == 0)
    #expect(large.output.split(separator: "\n").count == 10_000)
  }
}
