import Checkpoints
import Glibc
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Every way in which a run cannot begin, with the words and the exit code of the built program.
@Suite("train refuses")
struct TrainErrorTests {
  @Test(
    "a file that is not a checkpoint of a run, says why, and leaves it unchanged",
    arguments: [
      WrongFile(.text, 73, "text"), WrongFile(.png, 73, "a PNG image"),
      WrongFile(.hdf5Signature, 65, "truncated: 8 bytes, less than the header"),
      WrongFile(.kerasWeights, 73, "Keras 3 weights"),
      WrongFile(.otherModel, 73, "weights of Cairn without a run"),
      WrongFile(.folder, 73, "it exists and is not a regular file"),
      WrongFile(.fifo, 73, "it exists and is not a regular file"),
    ])
  func wrongFiles(file: WrongFile) throws {
    try withData { directory in
      let path = "\(directory)/ckpt.h5"
      try file.kind.write(to: path)
      let (isRegular, code, reason) = (file.kind.isRegular, file.code, file.message)
      let before = isRegular ? try readBytes(path) : []
      let result = try train(in: directory)
      let isForeign = isRegular && code == 73
      let message =
        isForeign
        ? "Cannot create 'ckpt.h5': it is \(reason), and no checkpoint of a run"
        : isRegular ? "Cannot resume 'ckpt.h5': \(reason)" : "Cannot create 'ckpt.h5': \(reason)"
      #expect(result.code == code)
      #expect(result.error.hasPrefix("train: error: \(message)\n"), "\(result.error)")
      // The advice that destroys the file is the last one.
      let hint = result.lastErrorLine
      #expect(!isRegular || hint.hasSuffix("destroys 'ckpt.h5'"), "\(hint)")
      #expect(hint.contains("--resume 'ckpt.h5' --save OTHER") == reason.contains("eights"))
      if isRegular { #expect(try readBytes(path) == before) }
    }
  }

  @Test("a truncated checkpoint, with both lengths")
  func truncated() throws {
    try withData { directory in
      #expect(try train("--max-steps", "1", "--keep", "0", in: directory).code == 0)
      let whole = try readBytes("\(directory)/ckpt.h5")
      let half = Array(whole.prefix(whole.count / 2))
      try writeBytes(half, to: "\(directory)/ckpt.h5")
      let result = try train(in: directory)
      #expect(
        result.whole == """
          exit 65
          train: error: Cannot resume 'ckpt.h5': truncated: \(half.count) bytes, the header says \
          \(sealedSize(whole))
          train: hint: choose another --save; '--resume never --overwrite' starts over, and \
          destroys 'ckpt.h5'\n
          """)
      #expect(try readBytes("\(directory)/ckpt.h5") == half)
    }
  }

  @Test("a run of another model, with all differences")
  func otherModel() throws {
    try withData { directory in
      #expect(try train("--max-steps", "1", in: directory).code == 0)
      let settings = try #require(
        try CheckpointFile(opening: "\(directory)/ckpt.h5").trainingState())
      let model = Sequential([
        Conv2D(32, 3, activation: .relu), Flatten(), Dense(64, activation: .relu), Dense(10),
      ])
      model.build(inputShape: [28, 28, 1])
      try Checkpoint(model: model, optimizer: SGD(), state: settings)
        .save(to: "\(directory)/ckpt.h5")
      let result = try train(in: directory)
      #expect(
        result.whole == """
          exit 65
          train: error: 'ckpt.h5' does not match the model:
            - d1/kernel has the shape [21632, 128] in the model but [21632, 64] in the file \
          (/layers/dense/vars/0)
            - d1/bias has the shape [128] in the model but [64] in the file (/layers/dense/vars/1)
            - d2/kernel has the shape [128, 10] in the model but [64, 10] in the file \
          (/layers/dense_1/vars/0)
          train: hint: the file contains another network: Conv2D(32), Flatten, Dense(64), \
          Dense(10); --model names the network to train, --image-size and --image-color the \
          shape of its input\n
          """)
    }
  }

  @Test("a model in a file that cannot be trained, and names the file")
  func untrainableModel() throws {
    try withData { directory in
      let text = """
        {"class_name": "Sequential", "config": {"layers": [
          {"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 131072}},
          {"class_name": "Dense", "config": {"units": 131072}},
          {"class_name": "Dense", "config": {"units": 0}}]}}
        """
      try writeBytes(Array(text.utf8), to: "\(directory)/model.json")
      let result = try train("--model", "model.json", in: directory)
      #expect(result.code == 65)
      #expect(
        result.error.hasPrefix("train: error: Cannot train the model in 'model.json': The option"))
    }
  }

  @Test("a --resume file that does not exist, instead of starting from scratch")
  func resumeNotThere() throws {
    try withData { directory in
      let result = try train("--resume", "gone.h5", in: directory)
      #expect(
        result.whole
          == "exit 66\ntrain: error: Cannot open 'gone.h5': No such file or directory\n")
      #expect(!names(in: directory).contains("ckpt.h5"))
    }
  }

  @Test("to resume with other settings, and shows both columns")
  func otherSettings() throws {
    try withData { directory in
      #expect(try train("--max-steps", "1", in: directory).code == 0)
      let before = try readBytes("\(directory)/ckpt.h5")
      let result = try train(
        "--batch-size", "64", "--lr", "0.5", "--seed", "18446744073709551615", in: directory)
      #expect(
        result.whole == """
          exit 65
          train: error: Cannot resume 'ckpt.h5': its settings differ from the requested ones
            setting        in the file  requested
            batch_size     32           64
            learning_rate  0.001        0.5
            seed           0            18446744073709551615
          train: hint: without --batch-size, --lr, --seed, the run resumes with its own settings; \
          --change batch-size=64 --change lr=0.5 changes the resumed run; another seed is another \
          run and needs another --save\n
          """)
      let optimizer = try run(
        "train", ["--save", "ckpt.h5", "--data", "data", "--optimizer", "adam"], in: directory)
      #expect(
        optimizer.whole == """
          exit 65
          train: error: Cannot resume 'ckpt.h5': its settings differ from the requested ones
            setting    in the file  requested
            optimizer  sgd          adam
          train: hint: without --optimizer, the run resumes with its own settings; \
          --reset-optimizer replaces the optimizer and discards its state\n
          """)
      try writeData(in: directory, name: "other", train: 321)
      let data = try train("--data", "other", in: directory)
      #expect(data.code == 65)
      #expect(data.error.contains("\n  data_sha256  "))
      #expect(try readBytes("\(directory)/ckpt.h5") == before)
    }
  }

  @Test("to start over an existing file without --overwrite")
  func never() throws {
    try withData { directory in
      let often = ["--save-every", "1steps", "--keep", "2"]
      let first = try run("train", trainArguments(often + ["--max-steps", "4"]), in: directory)
      #expect(first.code == 0)
      let before = try readBytes("\(directory)/ckpt.h5")
      let refused = try train("--resume", "never", in: directory)
      #expect(refused.whole == refusal(ofRunAtStep: 4))
      #expect(try readBytes("\(directory)/ckpt.h5") == before)

      let replaced = try run(
        "train",
        trainArguments(often + ["--max-steps", "2", "--resume", "never", "--overwrite"]),
        in: directory)
      #expect(replaced.code == 0)
      #expect(replaced.lastErrorLine.hasPrefix("train: saved ckpt.h5 after step 2;"))
      // The newest checkpoints are those of the new run, though the old one had come further.
      #expect(
        names(in: directory).filter { $0.hasPrefix("ckpt.step-") }
          == ["ckpt.step-00000001.h5", "ckpt.step-00000002.h5"])
    }
  }

  @Test("to replace a file by the continuation of another without --overwrite")
  func resumeOther() throws {
    try withData { directory in
      #expect(try train("--max-steps", "3", "--keep", "0", in: directory).code == 0)
      rename("\(directory)/ckpt.h5", "\(directory)/three.h5")
      #expect(try train("--max-steps", "1", in: directory).code == 0)
      let refused = try train("--resume", "three.h5", in: directory)
      #expect(refused.whole == refusal(ofRunAtStep: 1))
      let replaced = try train(
        "--resume", "three.h5", "--overwrite", "--max-steps", "4", in: directory)
      #expect(replaced.code == 0)
      #expect(replaced.error.hasPrefix("train: resuming three.h5 in epoch 1, step 3\n"))
    }
  }

  @Test("nothing if the run is finished, and says how to resume it")
  func finished() throws {
    try withData { directory in
      #expect(try train("--epochs", "1", in: directory).code == 0)
      let before = try readBytes("\(directory)/ckpt.h5")
      let result = try train("--epochs", "1", in: directory)
      let program = try programPath("train")
      #expect(
        result.whole == """
          exit 0
          train: resuming ckpt.h5 after epoch 1, step 10
          train: nothing left to do: ckpt.h5 is finished, after epoch 1, step 10; continue with: \
          \(program) --save ckpt.h5 --data data --optimizer sgd --epochs 2\n
          """)
      #expect(try readBytes("\(directory)/ckpt.h5") == before)
    }
  }

  @Test("a file that another process is training into")
  func locked() throws {
    try withData { directory in
      let first = try RunningProgram(
        "train", trainArguments(["--epochs", "100000", "--save-every", "1steps"]), in: directory)
      while !names(in: directory).contains("ckpt.h5"), first.isRunning { usleep(500) }
      let second = try train(in: directory)
      #expect(
        second.whole == """
          exit 75
          train: error: Cannot train into 'ckpt.h5': process \(first.process) is training into it\n
          """)
      first.send(SIGINT)
      #expect(first.wait().code == 130)
      #expect(
        try train("--max-steps", "1", in: directory).code == 0, "the lock ends with its owner")
    }
  }

  @Test("to save after a NaN loss, and leaves the checkpoint unchanged")
  func notFinite() throws {
    try withData { directory in
      let first = try run(
        "train", ["--save", "ckpt.h5", "--data", "data", "--optimizer", "sgd", "--lr", "1e30"],
        in: directory)
      #expect(first.code == 70)
      #expect(first.output == "")
      #expect(
        first.error == """
          train: error: The loss or a weight is NaN or infinite at step 2, so the run was stopped; \
          try a smaller learning rate\n
          """)
      #expect(!names(in: directory).contains("ckpt.h5"))

      // The same beside a good checkpoint that it would replace.
      #expect(try train("--max-steps", "1", in: directory).code == 0)
      let before = try readBytes("\(directory)/ckpt.h5")
      let second = try train(
        "--resume", "never", "--overwrite", "--lr", "1e30", in: directory)
      #expect(second.code == 70)
      #expect(try readBytes("\(directory)/ckpt.h5") == before)
    }
  }

  @Test(
    "a folder in which no file can be created",
    arguments: [
      (
        "gone/ckpt.h5",
        "Cannot create 'gone/ckpt.h5': the folder 'gone/': No such file or directory"
      ),
      (
        "data/t10k-labels-idx1-ubyte/ckpt.h5",
        """
        Cannot create 'data/t10k-labels-idx1-ubyte/ckpt.h5': the folder \
        'data/t10k-labels-idx1-ubyte/': Not a directory
        """
      ),
      ("data/", "Cannot create 'data/': the path does not name a file"),
      ("new/", "Cannot create 'new/': the path does not name a file"),
    ])
  func cannotCreate(path: String, message: String) throws {
    try withData { directory in
      let result = try run("train", ["--save", path, "--data", "data"], in: directory)
      #expect(result.whole == "exit 73\ntrain: error: \(message)\n")
    }
  }

  @Test("a read-only folder")
  func readOnlyFolder() throws {
    try withData { directory in
      let result = try run(
        "train", ["--save", "/proc/self/ckpt.h5", "--data", "data"], in: directory)
      #expect(
        result.whole == """
          exit 73
          train: error: Cannot create '/proc/self/ckpt.h5': /proc/self/.ckpt.h5.lock: No such file \
          or \
          directory\n
          """)
    }
  }

  @Test("to succeed on a full disk: the old checkpoint stays, and no other file is left")
  func noSpace() throws {
    try withData { directory in
      #expect(try train("--max-steps", "1", "--keep", "0", in: directory).code == 0)
      let before = try readBytes("\(directory)/ckpt.h5")
      // Files may have 1,000 blocks of 512 bytes, a checkpoint has 33 MB.
      let result = try run(
        "train", trainArguments(["--keep", "0", "--save-patience", "0s"]),
        shell: "ulimit -f 1000 && exec \"$@\"", in: directory)
      #expect(result.code == 74)
      let error = try #require(result.error.split(separator: "\n").dropLast().last)
      let pattern = #/train: error: Cannot write 'ckpt.h5': File too large; it takes 11.\d MB; /#
      #expect(error.prefixMatch(of: pattern) != nil, "\(error)")
      #expect(
        error.hasSuffix(
          "; what was there before is unchanged; the newest checkpoint is 'ckpt.h5', step 1"))
      #expect(result.error.contains("the run has ended, and its final save is retried"))
      #expect(
        result.lastErrorLine.hasPrefix(
          "train: hint: solve the problem (on a full disk, free space) and continue with: "))
      #expect(try readBytes("\(directory)/ckpt.h5") == before)
      #expect(names(in: directory) == [".ckpt.h5.lock", "ckpt.h5", "data"])
    }
  }

  @Test("a disk that is full at the start, with a hint what to do")
  func fullAtStart() throws {
    try withData { directory in
      let result = try run(
        "train", trainArguments([]), shell: "ulimit -f 0 && exec \"$@\"", in: directory)
      #expect(
        result.whole == """
          exit 74
          train: error: Cannot write 'ckpt.h5': File too large; what was there before is unchanged
          train: hint: solve the problem (on a full disk, free space) and repeat the command\n
          """)
    }
  }

  @Test("to ignore a full standard output")
  func fullOutput() throws {
    try withData { directory in
      let (arguments, script) = (trainArguments(["--epochs", "1"]), "exec \"$@\" > /dev/full")
      let result = try run("train", arguments, shell: script, in: directory)
      #expect(result.code == 74)
      #expect(
        result.lastErrorLine
          == "train: error: Cannot write to standard output: No space left on device")
      #expect(names(in: directory).contains("ckpt.h5"), "the run is worth more than its lines")
    }
  }

  /// What is written about a run at the path, which must not be overwritten.
  private func refusal(ofRunAtStep step: Int) -> String {
    """
    exit 73
    train: error: Cannot create 'ckpt.h5': it holds a run, in epoch 1, step \(step)
    train: hint: to resume that run, omit --resume; for a new run, choose another --save; \
    --overwrite discards the run in 'ckpt.h5'\n
    """
  }
}
