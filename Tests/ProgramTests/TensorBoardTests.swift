import Glibc
import TensorBoard
import TestSupport
import Testing

/// Scalars come from the history of the run.
///
/// Histograms and pictures of the epochs in a checkpoint are in the files before the checkpoint is.
/// So nothing is missing after an interruption, nothing is there twice, and what somebody else
/// wrote is never changed.
@Suite("Files for TensorBoard")
struct TensorBoardTests {
  private static let files = ["train", "validation"].map {
    "tb/\($0)/events.out.tfevents.cairn"
  }

  private static let watched = WatchedRun("--tensorboard", "tb", files: files)

  /// The step and the tag of each event of a file, in its order.
  private func points(_ path: String) throws -> [String] {
    try events(path).flatMap { event in
      guard case .values(let values) = event.content else { return [String]() }
      return values.map { "\(event.step) \($0.tag)" }
    }
  }

  private func events(_ path: String) throws -> [Event] {
    let bytes = try readBytes(path)
    var (events, end): ([Event], Int) = ([], 0)
    while let (event, next) = EventRecord.event(
      at: end, { Array(bytes[min($1, bytes.count)..<min($0 + $1, bytes.count)]) })
    {
      events.append(event)
      end = next
    }
    #expect(end == bytes.count, "\(path) ends with something else")
    return events
  }

  private static let scalars = ["epoch_accuracy", "epoch_loss", "epoch_learning_rate"]

  private static let histograms = ["conv1", "d1", "d2"].flatMap {
    ["\($0)/kernel/histogram", "\($0)/bias/histogram"]
  }

  @Test("Each epoch has its scalars, histograms and worst errors, and the run its first pictures")
  func content() throws {
    try withData { directory in
      #expect(try Self.watched.train(2, in: directory).code == 0)
      let tags = (0..<2).map { epoch in (Self.scalars + Self.histograms).map { "\(epoch) \($0)" } }
      let trained = try points("\(directory)/\(Self.files[0])")
      #expect(trained == ["0 training_pictures"] + tags.joined())
      let tested = try points("\(directory)/\(Self.files[1])")
      let evaluated = ["epoch_accuracy", "epoch_loss", "worst_errors"]
      #expect(tested == (0..<2).flatMap { epoch in evaluated.map { "\(epoch) \($0)" } })
    }
  }

  /// The values of a scalar, by step.
  private func values(_ tag: String, _ path: String) throws -> [Float] {
    try events(path).compactMap { event in
      guard case .values(let values) = event.content, let value = values.first, value.tag == tag,
        case .scalar(let number) = value.value
      else { return nil }
      return number
    }
  }

  @Test("The learning rate is that of the next step, with schedules, plateaus and changes")
  func learningRates() throws {
    func rates(_ commands: [[String]]) throws -> [Float] {
      try withData { directory in
        for arguments in commands {
          let result = try run(
            "train", trainArguments(arguments + ["--tensorboard", "tb"]), in: directory)
          #expect(result.code == 0, "\(result.whole)")
        }
        return try values("epoch_learning_rate", "\(directory)/\(Self.files[0])")
      }
    }
    // Half a cosine wave over 30 steps, after 10, 20 and 30 of them.
    let cosine = try rates([["--lr", "0.1", "--lr-schedule", "cosine", "--epochs", "3"]])
    #expect(zip(cosine, [0.075, 0.025, 0]).allSatisfy { abs($0 - $1) < 1e-7 }, "\(cosine)")
    #expect(cosine.count == 3)
    // A loss that cannot improve by 100: reduced after the second epoch and each further one.
    let plateau = try rates([
      ["--lr", "0.1", "--epochs", "4"]
        + ["--reduce-lr-on-plateau", "factor=0.5,patience=1,min_delta=100"]
    ])
    #expect(plateau == [0.1, 0.05, 0.025, 0.0125], "\(plateau)")
    let changed = try rates([
      ["--lr", "0.1", "--epochs", "2"],
      ["--lr", "0.1", "--change", "lr=0.03", "--epochs", "4", "--max-steps", "25"],
      ["--epochs", "4"],
    ])
    #expect(changed == [0.1, 0.1, 0.03, 0.03], "\(changed)")
  }

  @Test("A run that was interrupted within epochs ends with the bytes of the whole one")
  func interrupted() throws {
    try withData { directory in
      for (steps, threads) in [(3, 1), (10, 3), (17, 2), (18, 1), (29, 3)] {
        let result = try Self.watched.train(
          3, "--max-steps", "\(steps)", "--threads", "\(threads)", in: directory)
        #expect(result.code == 0, "\(result.whole)")
      }
      #expect(try Self.watched.train(3, in: directory).code == 0)
      try Self.watched.expectWhole(directory)
    }
  }

  @Test("A killed run ends with the bytes of the whole one", arguments: 0..<4)
  func killed(seed: Int) throws {
    try withData { directory in
      var random = UInt32(seed + 1)
      for threads in [1, 3, 2] {
        let program = try RunningProgram(
          "train",
          trainArguments(["--epochs", "3", "--tensorboard", "tb", "--threads", "\(threads)"])
            + ["--save-every", "4steps"], in: directory)
        random = random &* 1_664_525 &+ 1_013_904_223
        usleep(50_000 + random % 400_000)
        program.send(SIGKILL)
        _ = program.wait()
      }
      let result = try Self.watched.train(3, in: directory)
      #expect(result.code == 0, "\(result.whole)")
      try Self.watched.expectWhole(directory)
    }
  }

  @Test("Events after the checkpoint are replaced, and torn ones completed")
  func ahead() throws {
    try withData { directory in
      #expect(try Self.watched.train(3, "--keep", "3", in: directory).code == 0)
      try Self.watched.expectWhole(directory)
      // The checkpoint of epoch 1 with events up to epoch 3, of which the last one may be torn.
      // A power failure may leave zeros.
      for (cut, zeros) in [(0, 0), (20, 0), (0, 5000), (70, 70)] {
        for name in names(in: directory)
        where name.hasPrefix("ckpt.step-0000002") || name.hasPrefix("ckpt.step-0000003") {
          unlink("\(directory)/\(name)")
        }
        unlink("\(directory)/ckpt.h5")
        for (file, bytes) in zip(Self.files, try Self.watched.whole.get()) {
          try writeBytes(
            bytes.dropLast(cut) + [UInt8](repeating: 0, count: zeros), to: "\(directory)/\(file)")
        }
        let result = try Self.watched.train(3, in: directory)
        #expect(result.error.hasPrefix("train: resuming ckpt.step-00000010.h5"))
        #expect(result.code == 0, "\(result.whole)")
        try Self.watched.expectWhole(directory)
      }
    }
  }

  @Test("What was lost of completed epochs is reported, and their scalars are written")
  func lost() throws {
    try withData { directory in
      #expect(try Self.watched.train(2, in: directory).code == 0)
      for file in Self.files {
        let bytes = try readBytes("\(directory)/\(file)")
        try writeBytes(Array(bytes.prefix(bytes.count / 3)), to: "\(directory)/\(file)")
      }
      let result = try Self.watched.train(3, in: directory)
      #expect(result.code == 0, "\(result.whole)")
      for (file, scalars) in zip(Self.files, [3, 2]) {
        let points = try points("\(directory)/\(file)")
        #expect(Set(points).count == points.count)
        for epoch in 0..<3 {
          let wanted = Self.scalars.prefix(scalars).map { "\(epoch) \($0)" }
          #expect(Set(points).isSuperset(of: wanted), "\(file), epoch \(epoch)")
        }
      }
    }
  }

  @Test("Files first requested when the run is resumed get the scalars of all epochs, and a note")
  func givenLater() throws {
    try withData { directory in
      #expect(try ProgramTests.train("--epochs", "2", in: directory).code == 0)
      let result = try Self.watched.train(3, in: directory)
      #expect(result.code == 0, "\(result.whole)")
      #expect(result.error.contains("tb has no histograms and pictures of epochs 1 to 2"))
      let tags = (0..<3).map { epoch in
        (Self.scalars + (epoch < 2 ? [] : Self.histograms)).map { "\(epoch) \($0)" }
      }
      let found = try points("\(directory)/\(Self.files[0])")
      #expect(found == Array(tags.joined()))
    }
  }

  @Test("Files that were edited or written by another run are left as they are")
  func foreign() throws {
    try withData { directory in
      let path = "\(directory)/\(Self.files[0])"
      #expect(try Self.watched.train(2, in: directory).code == 0)
      let own = try readBytes(path)
      #expect(
        try run(
          "train",
          ["--save", "other.h5", "--data", "data", "--optimizer", "sgd", "--seed", "5"]
            + ["--epochs", "2", "--tensorboard", "other"], in: directory
        ).code == 0)
      let other = try readBytes("\(directory)/other/train/events.out.tfevents.cairn")
      let keras = try readBytes(fixture("train.tfevents", of: "TensorBoardTests"))
      for bytes in [other, keras, Array("note to self\n".utf8), own + own] {
        try writeBytes(bytes, to: path)
        let result = try Self.watched.train(3, in: directory)
        #expect(result.code == 73, "\(result.whole)")
        // The second half begins with another header.
        let count = bytes.count == 2 * own.count ? 21 : 1
        #expect(
          result.error.contains(
            "Cannot write the log '\(Self.files[0])': event \(count) is not this run's"),
          "\(result.whole)")
        #expect(try isFile(path, bytes))
      }
      #expect(try Self.watched.train(3, "--overwrite", in: directory).code == 0)
      #expect(try points(path).filter { $0.hasSuffix("epoch_loss") }.count == 3)
    }
  }

  @Test("A new run does not use a folder with events, not even of the same run")
  func occupied() throws {
    try withData { directory in
      #expect(try Self.watched.train(1, in: directory).code == 0)
      let bytes = try Self.files.map { try readBytes("\(directory)/\($0)") }
      let arguments =
        ["--save", "second.h5", "--data", "data", "--optimizer", "sgd", "--epochs", "1"]
        + ["--tensorboard", "tb"]
      let second = try run("train", arguments, in: directory)
      #expect(second.code == 73, "\(second.whole)")
      #expect(second.error.contains("it is not empty, and its content is not from this run"))
      for (file, bytes) in zip(Self.files, bytes) {
        #expect(try isFile("\(directory)/\(file)", bytes))
      }
      // TensorBoard would show both files as one run.
      try writeBytes([], to: "\(directory)/tb/train/events.out.tfevents.1.host.v2")
      let mixed = try Self.watched.train(2, in: directory)
      #expect(mixed.code == 73, "\(mixed.whole)")
      #expect(
        mixed.error.contains(
          "TensorBoard would mix its events with those of 'events.out.tfevents.1.host.v2'"),
        "\(mixed.whole)")
    }
  }

  @Test("Two runs do not write one folder at a time")
  func shared() throws {
    try withData { directory in
      let first = try startEndlessRun(
        ["--tensorboard", "tb"], creating: Self.files[1], in: directory)
      let second = try Self.watched.train(1, in: directory)
      first.send(SIGKILL)
      _ = first.wait()
      #expect(second.code == 75, "\(second.whole)")
      #expect(second.error.contains("another run is writing it"))
      #expect(!names(in: directory).contains("ckpt.h5"))
    }
  }

  @Test("A folder that cannot be created is refused before the run starts")
  func uncreatable() throws {
    try withData { directory in
      try writeBytes([], to: "\(directory)/tb")
      let file = try Self.watched.train(1, in: directory)
      #expect(file.code == 73, "\(file.whole)")
      #expect(file.error.contains("'tb' is not a folder"), "\(file.whole)")
      unlink("\(directory)/tb")
      mkdir("\(directory)/tb", 0o777)
      mkdir("\(directory)/tb/train", 0o777)
      mkfifo("\(directory)/\(Self.files[0])", 0o666)
      let fifo = try Self.watched.train(1, in: directory)
      #expect(fifo.code == 73, "\(fifo.whole)")
      #expect(fifo.error.contains("it is not a regular file"), "\(fifo.whole)")
      #expect(!names(in: directory).contains("ckpt.h5"))
    }
  }

  @Test("Events torn by a full disk are reported, and the same command completes the scalars")
  func torn() throws {
    try withData { directory in
      #expect(try ProgramTests.train("--epochs", "3", in: directory).code == 0)
      let limited = try run(
        "train", trainArguments(["--epochs", "3", "--tensorboard", "tb"]),
        shell: "ulimit -f 1 && exec \"$@\"", in: directory)
      #expect(limited.code == 74, "\(limited.whole)")
      #expect(
        limited.error.contains("The event file '\(Self.files[0])' lacks events: File too large"),
        "\(limited.whole)")
      #expect(try Self.watched.train(3, in: directory).code == 0)
      #expect(try points("\(directory)/\(Self.files[0])").count == 9)
    }
  }
}
