import Glibc
import TestSupport
import Testing

@Suite("train with a recipe")
struct RecipeFlagTests {
  @Test("evaluates on the part that is held out, and once on the test data at the end")
  func validation() throws {
    try withData { directory in
      let result = try train(
        "--model", "linear", "--epochs", "1", "--val-split", "0.2", in: directory)
      #expect(result.code == 0)
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.first?.contains("Validation Loss: ") == true)
      #expect(lines.last?.hasPrefix("Test Loss: ") == true)
    }
  }

  @Test("exits with 1 if the accuracy is less than the target")
  func target() throws {
    try withData { directory in
      func train(_ target: String) throws -> ProgramResult {
        try ProgramTests.train(
          "--model", "linear", "--epochs", "1", "--target-accuracy", target, in: directory)
      }
      let missed = try train("1")
      #expect(missed.code == 1 && missed.error.contains("less than the target of 100.00%"))
      #expect(try train("0").code == 0)
    }
  }

  @Test("rehearses with one batch, and writes nothing")
  func dryRun() throws {
    try withData { directory in
      let result = try train("--model", "cnn", "--dry-run", in: directory)
      #expect(result.code == 0)
      #expect(result.output.hasPrefix("Epoch 1, Loss: "))
      #expect(result.error.contains("nothing written"))
      #expect((try? readBytes("\(directory)/ckpt.h5")) == nil)
    }
  }

  @Test(
    "needs no checkpoint for what saves none",
    arguments: [["--dry-run"], ["--preview", "s.png"]])
  func nothingSaved(_ arguments: [String]) throws {
    try withData { directory in
      let result = try run("train", ["--data", "data"] + arguments, in: directory)
      #expect(result.code == 0, "\(result.error)")
      #expect(names(in: directory) == ["data"] + (arguments.count == 2 ? ["s.png"] : []))
    }
  }

  @Test("knows its first batch by heart in the end")
  func overfitBatch() throws {
    try withData { directory in
      let result = try train(
        "--model", "mlp", "--optimizer", "adam", "--epochs", "40", "--overfit-batch",
        "--target-accuracy", "1", "--quiet", in: directory)
      #expect(result.code == 0, "\(result.error)")
    }
  }

  @Test("stops when the time is over, and says how to go on")
  func maxTime() throws {
    try withData(steps: 100) { directory in
      let result = try train("--epochs", "100000", "--max-time", "1s", in: directory)
      #expect(result.code == 0)
      #expect(result.error.contains("the time is over; saved ckpt.h5 after step"))
    }
  }

  @Test(
    "refuses values that are none",
    arguments: [
      ["--lr-schedule", "spiral"], ["--warmup", "soon"], ["--warmup", "5min"],
      ["--val-split", "1.5"], ["--val-split", "-1"], ["--label-smoothing", "1"],
      ["--class-weights", "1,x"], ["--class-weights", ""], ["--patience", "0"],
      ["--reduce-lr-on-plateau", "factor=2"], ["--reduce-lr-on-plateau", "speed=2"],
      ["--clip-norm", "0"], ["--weight-decay", "nan"], ["--accumulate", "1"],
      ["--target-accuracy", "1.1"], ["--max-time", "5steps"], ["--model", "bert"],
      ["--augment", "spin=2"], ["--augment", "shift=x"],
    ])
  func invalid(arguments: [String]) throws {
    try withTemporaryDirectory { directory in
      let result = try run("train", trainArguments(arguments), in: directory)
      #expect(result.code == 64, "\(result.error)")
      #expect(result.error.contains(arguments[0]))
    }
  }

  @Test("refuses class weights of another number of classes, and a split that leaves nothing")
  func doesNotFit() throws {
    try withData { directory in
      for (flag, value, message) in [
        ("--class-weights", "1,2", "2 class weights for 10 classes"),
        ("--val-split", "320", "Of 320 training pictures, 320 cannot be held out"),
      ] {
        let result = try train(flag, value, in: directory)
        #expect(result.code == 65 && result.error.contains(message), "\(result.error)")
      }
    }
  }

  @Test("takes class weights from a JSON file, by the names of the classes or as a list")
  func classWeightsFile() throws {
    try withData { directory in
      func train(_ weights: String, _ save: String) throws -> ProgramResult {
        try writeBytes(Array(weights.utf8), to: "\(directory)/weights.json")
        return try run(
          "train",
          [
            "--save", save, "--data", "data", "--model", "linear", "--epochs", "1",
            "--class-weights", "weights.json",
          ], in: directory)
      }
      let named = try train(#"{"3": 2.5, "0": 0}"#, "named.h5")
      let list = try train("[0, 1, 1, 2.5, 1, 1, 1, 1, 1, 1]", "list.h5")
      #expect(named.code == 0 && named.output == list.output)
      #expect(try train("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "even.h5").output != list.output)
      for (text, problem) in [
        (#"{"cat": 1}"#, "There is no class 'cat'"), ("[1, -2]", "cannot be [1,-2]"),
        ("weights", "it is not JSON"), ("[1", "class weights 'weights.json'"),
      ] {
        let result = try train(text, "bad.h5")
        #expect(result.code == 65 && result.error.contains(problem), "\(result.error)")
      }
      unlink("\(directory)/weights.json")
      let missing = try run(
        "train", ["--save", "x.h5", "--data", "data", "--class-weights", "weights.json"],
        in: directory)
      #expect(missing.code == 66)
    }
  }

  @Test("trains the model of a file with its weights, frozen layers and a preview of the pictures")
  func describedModel() throws {
    try withData { directory in
      func train(_ more: String...) throws -> ProgramResult {
        try run("train", ["--data", "data", "--epochs", "1"] + more, in: directory)
      }
      #expect(try train("--save", "first.h5", "--model", "cnn").code == 0)
      let tuned = try train(
        "--save", "tuned.h5", "--model", "first.h5", "--init-weights", "first.h5", "--freeze",
        "conv*")
      #expect(tuned.code == 0, "\(tuned.error)")
      #expect(tuned.error.contains("starts with the weights of first.h5"))
      for (arguments, code, problem) in [
        (["--model", "none.keras"], Int32(66), "none.keras"),
        (["--model", "resnett"], 64, "quickstart, linear"),
        (["--model", "cnn", "--freeze", "bn*"], 65, "no layer 'bn*'"),
        (["--model", "mlp", "--init-weights", "first.h5"], 65, "does not match the model"),
        (["--scale", "0..2"], 64, "--scale"),
      ] {
        let result = try run(
          "train", ["--save", "bad.h5", "--data", "data"] + arguments, in: directory)
        #expect(result.code == code && result.error.contains(problem), "\(result.error)")
      }
      #expect(try train("--save", "x.h5", "--augment", "shift=2", "--preview", "s.png").code == 0)
      #expect(try readBytes("\(directory)/s.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
      let refused = try train("--save", "x.h5", "--preview", "first.h5")
      #expect(refused.code == 73 && refused.error.contains("add --overwrite"))
    }
  }

  @Test("uses the settings of a file where no option is given, and repeats the run of a checkpoint")
  func recipeFile() throws {
    try withData { directory in
      let text = """
        {"model": "linear", "epochs": 2, "batch_size": 64, "optimizer": "sgd",
         "learning_rate": 0.25, "lr_schedule": "cosine", "label_smoothing": 0.125,
         "optimizer_options": {"weight_decay": 0.5}}
        """
      try writeBytes(Array(text.utf8), to: "\(directory)/recipe.json")
      func train(_ save: String, _ more: String...) throws -> ProgramResult {
        try run("train", ["--save", save, "--data", "data"] + more, in: directory)
      }
      let flags = try train(
        "flags.h5", "--model", "linear", "--epochs", "2", "-b", "64", "--optimizer", "sgd",
        "--lr", "0.25", "--lr-schedule", "cosine", "--label-smoothing", "0.125", "--weight-decay",
        "0.5")
      let file = try train("file.h5", "--recipe", "recipe.json")
      let checkpoint = try train("again.h5", "--recipe", "file.h5")
      #expect(flags.code == 0 && !flags.output.isEmpty)
      #expect(file.output == flags.output)
      #expect(checkpoint.output == flags.output)
      let shorter = try train("other.h5", "--recipe", "recipe.json", "--epochs", "1")
      #expect(shorter.output.split(separator: "\n").count == 1)
    }
  }

  @Test("uses a recipe by name where no option is given; a file of that name has a path")
  func recipeName() throws {
    try withData { directory in
      let json = "{\"model\": \"linear\", \"epochs\": 1}"
      try writeBytes(Array(json.utf8), to: "\(directory)/fast")
      func train(_ save: String, _ more: String...) throws -> ProgramResult {
        try run("train", ["--save", save, "--data", "data"] + more, in: directory)
      }
      let named = try train("named.h5", "--recipe", "fast")
      let flags = try train(
        "flags.h5", "--model", "strided", "--epochs", "1", "--lr", "0.02", "--lr-schedule",
        "onecycle", "--label-smoothing", "0.1")
      #expect(named.code == 0 && !named.output.isEmpty, "\(named.error)")
      #expect(named.output == flags.output)
      let file = try train("file.h5", "--recipe", "./fast")
      #expect(try file.output == train("linear.h5", "--model", "linear", "-e", "1").output)
      let option = try train("option.h5", "--recipe", "fast", "--model", "linear", "-e", "2")
      #expect(option.output.split(separator: "\n").count == 2)
      let shown = try run("inspect", ["option.h5"], in: directory).output
      for text in ["linear", "onecycle", "0.02"] { #expect(shown.contains(text), "\(shown)") }

      let unknown = try train("unknown.h5", "--recipe", "fats")
      #expect(unknown.code == 64)
      #expect(unknown.error.contains("`--recipe` must be one of fast, "), "\(unknown.error)")
    }
  }

  @Test("resumes after a step with the learning rate 0, at the start of a warmup or after a decay")
  func rateOfZero() throws {
    try withData { directory in
      for (save, first, later) in [
        ("warmup.h5", ["--warmup", "5steps", "--max-steps", "1"], [["--epochs", "1"]]),
        (
          "decay.h5", ["--lr-schedule", "linear", "--epochs", "1"],
          [["--epochs", "2"], ["--epochs", "3"]]
        ),
      ] {
        for more in [first] + later {
          let result = try run(
            "train", ["--save", save, "--data", "data", "--model", "linear"] + more, in: directory)
          #expect(result.code == 0, "\(result.error)")
        }
      }
    }
  }

  @Test(
    "refuses files that are no recipes",
    arguments: [
      ("{\"lr\": 1}", "A recipe has no setting 'lr'", 65),
      ("{\"epochs\": 0}", "The setting 'epochs' of a recipe cannot be 0", 65),
      ("{\"lr_schedule\": 3}", "The setting 'lr_schedule' of a recipe cannot be 3", 65),
      ("{\"epochs\": ", "recipe.json", 65), ("", "recipe.json", 65),
      ("{\"optimizer_options\": {\"speed\": 1}}", "'optimizer_options' of a recipe", 65),
    ])
  func wrongRecipe(text: String, message: String, code: Int32) throws {
    try withData { directory in
      try writeBytes(Array(text.utf8), to: "\(directory)/recipe.json")
      let result = try train("--recipe", "recipe.json", in: directory)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(message), "\(result.error)")
      #expect(try train("--recipe", "nowhere.json", in: directory).code == 66)
    }
  }
}
