import Glibc
import TestSupport
import Testing

/// A run owns the files that its flags name, and changes no others.
@Suite("A run's own files")
struct OwnershipTests {
  /// Files of somebody else must be the same afterwards.
  private static let notes = Array("Bought milk.\nCalled Anna.\n".utf8)

  @Test(
    "Two flags that lead to the same file are refused before anything is touched",
    arguments: [
      ["--log", "./ckpt.h5"], ["--log", "link"], ["--log", "dangling"],
      ["--log", "sub/../ckpt.h5"], ["--log", "folder/ckpt.h5"], ["--log", ".ckpt.h5.lock"],
      ["--log", "ckpt.step-00000010.h5"], ["--save-best", "./ckpt.h5"],
      ["--save-best", "ckpt.step-00000001.h5"], ["--export-weights", "dangling"],
      ["--save-best", "b.h5", "--log", "./b.h5"],
      ["--save-best", "b.h5", "--export-weights", ".b.h5.lock"],
      ["--log", "w.h5", "--export-weights", "./w.h5"],
      ["--log", "data/t10k-labels-idx1-ubyte", "--overwrite"],
      ["--log", "data/train-labels-idx1-ubyte.gz"],
      ["--export-weights", "data/../data/train-images-idx3-ubyte", "--overwrite"],
      ["--resume", "old.h5", "--log", "old-link.h5", "--overwrite"],
      ["--resume", "old.h5", "--export-weights", "./old.h5", "--overwrite"],
    ])
  func sameFile(arguments: [String]) throws {
    try withData { directory in
      mkdir("\(directory)/sub", 0o777)
      symlink(".", "\(directory)/folder")
      symlink("ckpt.h5", "\(directory)/dangling")
      try writeBytes(Self.notes, to: "\(directory)/old.h5")
      link("\(directory)/old.h5", "\(directory)/old-link.h5")
      if arguments.contains("link") {
        #expect(try train("--max-steps", "1", "--keep", "0", in: directory).code == 0)
        link("\(directory)/ckpt.h5", "\(directory)/link")
      }
      let before = try state(of: directory)
      let result = try run("train", trainArguments(arguments), in: directory)
      #expect(result.code == 64, "\(result.whole)")
      #expect(result.error.contains("Usage: train "))
      let flag = try #require(arguments.last { $0.hasPrefix("--") && $0 != "--overwrite" })
      #expect(result.error.contains("\(flag) and ") || result.error.contains(" and \(flag) must"))
      #expect(try state(of: directory) == before)
    }
  }

  @Test("Standard output in a file of the run is refused")
  func standardOutput() throws {
    try withData { directory in
      let result = try run(
        "train", trainArguments(["--log", "log.jsonl"]), shell: "exec \"$@\" > log.jsonl",
        in: directory)
      #expect(result.code == 64, "\(result.whole)")
      #expect(result.error.contains("standard output or standard error and --log"))
    }
  }

  @Test(
    "An output that another program wrote is not touched without --overwrite, and then replaced",
    arguments: ["--save-best", "--export-weights", "--log"])
  func foreign(flag: String) throws {
    try withData { directory in
      let path = "\(directory)/notes"
      try writeBytes(Self.notes, to: path)
      let refused = try train("--epochs", "1", flag, "notes", in: directory)
      #expect(refused.code == 73, "\(refused.whole)")
      #expect(refused.output == "")
      #expect(refused.error.contains("'notes'") && refused.error.contains("--overwrite"))
      #expect(try isFile(path, Self.notes))
      #expect(!names(in: directory).contains("ckpt.h5"))

      let replaced = try train("--epochs", "1", flag, "notes", "--overwrite", in: directory)
      #expect(replaced.code == 0, "\(replaced.whole)")
      #expect(try !isFile(path, Self.notes))
      // Now it is the run's: the same command needs no permission.
      let again = try train("--epochs", "1", flag, "notes", in: directory)
      #expect(again.code == 0, "\(again.whole)")
      let more = try train("--epochs", "2", flag, "notes", in: directory)
      #expect(more.code == 0, "\(more.whole)")
    }
  }

  @Test(
    "An output of another run with the same settings is not touched",
    arguments: ["--save-best", "--export-weights", "--log"])
  func otherRun(flag: String) throws {
    try withData { directory in
      #expect(try train("--epochs", "1", flag, "out.h5", in: directory).code == 0)
      let bytes = try readBytes("\(directory)/out.h5")
      let other = ["--save", "other.h5", "--data", "data", "--optimizer", "sgd", "--epochs", "1"]
      let result = try run("train", other + [flag, "out.h5"], in: directory)
      #expect(result.code == 73, "\(result.whole)")
      #expect(try isFile("\(directory)/out.h5", bytes))
      #expect(!names(in: directory).contains("other.h5"))
      let replaced = try run("train", other + [flag, "out.h5", "--overwrite"], in: directory)
      #expect(replaced.code == 0, "\(replaced.whole)")
      // What the first run finds there is no longer its own, except for a log: the lines are the
      // same.
      let back = try train("--epochs", "1", flag, "out.h5", in: directory)
      #expect(back.code == (flag == "--log" ? 0 : 73), "\(back.whole)")
    }
  }

  @Test("A new --save does not resume from another run's best checkpoint; a hint says how to")
  func bestAlone() throws {
    try withData { directory in
      #expect(try train("--epochs", "1", "--save-best", "best.h5", in: directory).code == 0)
      let best = try readBytes("\(directory)/best.h5")
      // Of the same settings, and of others.
      for more in [[], ["--seed", "5"]] {
        let new = ["--save", "new.h5", "--data", "data", "--optimizer", "sgd"] + more
        let refused = try run(
          "train", new + ["--epochs", "1", "--save-best", "best.h5"], in: directory)
        #expect(refused.code == 73, "\(refused.whole)")
        #expect(
          refused.error.contains(
            "'best.h5': it holds a run of training, at step 10\ntrain: hint: it is not this run's: "
              + "--resume 'best.h5' resumes from it, --overwrite replaces it"), "\(refused.whole)")
        #expect(try isFile("\(directory)/best.h5", best))
        #expect(!names(in: directory).contains("new.h5"))
      }
      let resumed = try run(
        "train",
        ["--save", "new.h5", "--data", "data", "--optimizer", "sgd", "--epochs", "2"]
          + ["--resume", "best.h5", "--save-best", "best.h5"], in: directory)
      #expect(resumed.code == 0, "\(resumed.whole)")
    }
  }

  @Test("--resume never keeps the numbered checkpoints of another run, or removes all of them")
  func never() throws {
    try withData { directory in
      let first = try train("--save-every", "1steps", "--max-steps", "5", in: directory)
      #expect(first.code == 0)
      unlink("\(directory)/ckpt.h5")
      let before = try state(of: directory)
      let refused = try train("--resume", "never", in: directory)
      #expect(refused.code == 73, "\(refused.whole)")
      #expect(
        refused.error.contains(
          "'\(try #require(numbered(directory).first))' beside it holds a run of training, at step "
        ))
      #expect(try state(of: directory) == before)

      let over = ["--resume", "never", "--overwrite", "--max-steps", "1", "--seed", "7"]
      let replaced = try run("train", trainArguments(over), in: directory)
      #expect(replaced.code == 0, "\(replaced.whole)")
      #expect(numbered(directory) == ["ckpt.step-00000001.h5"])
      // The new run's file is lost: what is found is the new run, not the one that had come
      // further.
      unlink("\(directory)/ckpt.h5")
      let next = try train("--max-steps", "2", "--seed", "7", in: directory)
      #expect(next.error.contains("resuming ckpt.step-00000001.h5"), "\(next.whole)")
      #expect(next.code == 0)
    }
  }

  @Test("Numbered checkpoints of a run with a similar name are not mixed with this run's")
  func similarName() throws {
    try withData { directory in
      let other = ["--save", "ckpt", "--data", "data", "--optimizer", "sgd", "--max-steps", "2"]
      #expect(try run("train", other, in: directory).code == 0)
      let before = try state(of: directory)
      let result = try train("--resume", "never", "--max-steps", "2", in: directory)
      #expect(result.code == 73, "\(result.whole)")
      #expect(try state(of: directory) == before)
    }
  }

  @Test("An empty file belongs to no run, and any output may replace it")
  func empty() throws {
    try withData { directory in
      for name in ["ckpt.h5", "best.h5", "log.jsonl", "w.h5"] {
        try writeBytes([], to: "\(directory)/\(name)")
      }
      let result = try train(
        "--epochs", "1", "--save-best", "best.h5", "--log", "log.jsonl", "--export-weights",
        "w.h5", in: directory)
      #expect(result.code == 0, "\(result.whole)")
      for name in ["ckpt.h5", "best.h5", "log.jsonl", "w.h5"] {
        #expect(try !readBytes("\(directory)/\(name)").isEmpty)
      }
      #expect(try run("convert", ["w.h5", "ckpt.keras"], in: directory).code == 0)
      try writeBytes([], to: "\(directory)/made.keras")
      #expect(try run("convert", ["w.h5", "made.keras"], in: directory).code == 0)
    }
  }

  @Test("convert never replaces what it reads, and says when it would replace a run")
  func convert() throws {
    try withData { directory in
      #expect(try train("--max-steps", "2", in: directory).code == 0)
      symlink("ckpt.h5", "\(directory)/link.h5")
      link("\(directory)/ckpt.h5", "\(directory)/hard.h5")
      let bytes = try readBytes("\(directory)/ckpt.h5")
      for output in ["ckpt.h5", "./ckpt.h5", "link.h5", "hard.h5"] {
        for more in [[], ["--overwrite"]] {
          let result = try run("convert", ["ckpt.h5", output] + more, in: directory)
          #expect(result.code == 64, "\(output): \(result.whole)")
          #expect(try isFile("\(directory)/ckpt.h5", bytes))
        }
      }
      unlink("\(directory)/hard.h5")
      #expect(try run("convert", ["ckpt.h5", "m.keras"], in: directory).code == 0)
      let run = try TestSupport.run("convert", ["m.keras", "ckpt.h5"], in: directory)
      #expect(run.code == 73)
      #expect(run.error.contains("'ckpt.h5': it holds a run of training, at step 2"))
      unlink("\(directory)/ckpt.h5")
      let sibling = try TestSupport.run("convert", ["m.keras", "ckpt.h5"], in: directory)
      #expect(sibling.code == 73)
      #expect(sibling.error.contains("'ckpt.step-00000002.h5' beside it holds a run of training"))
    }
  }

  private func numbered(_ directory: String) -> [String] {
    names(in: directory).filter { $0.hasPrefix("ckpt.step-") }
  }

  /// The files of a folder and their content, but for the lock.
  private func state(of directory: String) throws -> [String: Int] {
    var state: [String: Int] = [:]
    for name in names(in: directory) where !name.hasSuffix(".lock") {
      var status = stat()
      guard unsafe lstat("\(directory)/\(name)", &status) == 0 else { continue }
      let isFile = status.st_mode & S_IFMT == S_IFREG
      state[name] = isFile ? try readBytes("\(directory)/\(name)").hashValue : 0
    }
    return state
  }
}
