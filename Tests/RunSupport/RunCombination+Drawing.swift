import TestSupport

extension RunCombination {
  /// Draws a combination of everything that `train` offers.
  ///
  /// - Parameters:
  ///   - seed: The seed of all combinations.
  ///   - number: The number of the combination.
  public init(seed: UInt64, number: Int) {
    var draw = Draw(SplitMix(state: seed &* 1_000_003 &+ UInt64(number)))
    let model = draw.modelName()
    let data = draw.data(for: model)
    let evaluation = draw.validation(hasTest: data.hasTest)
    let optimizer = draw.optimizer()
    let arguments =
      data.arguments + evaluation.arguments + ["--model", model] + draw.steps()
      + optimizer.arguments + draw.rates()
      + draw.loss(classes: data.classes) + draw.stopping(set: evaluation.set) + draw.saving()
      + draw.calibration(set: evaluation.set, data: data.arguments)
    self.init("combination \(number) of seed \(seed)", arguments, recipe: optimizer.recipe)
  }
}

/// Draws options.
private struct Draw {
  private var random: SplitMix

  init(_ random: SplitMix) { self.random = random }

  /// Whether something with a probability happens.
  private mutating func happens(_ share: Double) -> Bool {
    Double.random(in: 0..<1, using: &random) < share
  }

  private mutating func one<Value>(of values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  /// An option with one of some values, or nothing.
  private mutating func maybe(
    _ flag: String, _ share: Double = 0.3, _ values: String...
  ) -> [String] {
    let (value, isGiven) = (one(of: values), happens(share))
    return isGiven ? [flag, value] : []
  }

  mutating func modelName() -> String {
    one(of: [
      "quickstart", "linear", "mlp", "lenet", "cnn", "strided", "vgg", "resnet", "mobile",
      "digits",
    ])
  }

  mutating func data(
    for model: String
  ) -> (arguments: [String], classes: Int, hasTest: Bool) {
    // This model needs larger pictures than there are; floats cannot be enlarged.
    let enlarged = ["strided", "digits"].contains(model) ? ["--image-size", "20"] : []
    switch one(of: ["idx", "pictures", "npz", enlarged.isEmpty ? "h5" : "npz"]) {
    case "idx": return (["--data", "../idx"] + enlarged, 4, true)
    case "npz": return (["--data", "../arrays.npz"] + enlarged, 3, true)
    case "h5": return (["--data", "../arrays.h5"], 3, true)
    default:
      let test = maybe("--test-data", 0.4, "../more")
      let size = ["--image-size", one(of: ["12", "13x12"])]
      let arguments =
        ["--data", "../pictures"] + test + (enlarged.isEmpty ? size : enlarged)
        + maybe("--image-color", 0.5, "gray", "rgb")
        + maybe("--fit", 0.6, "crop", "pad", "stretch") + maybe("--cache", 0.6, "none", "memory")
      return (arguments, 3, !test.isEmpty)
    }
  }

  mutating func validation(hasTest: Bool) -> (arguments: [String], set: String) {
    let arguments = maybe("--val-split", 0.4, "0.2", "30", "0.35")
    return (arguments, arguments.isEmpty && hasTest ? "test" : "val")
  }

  mutating func steps() -> [String] {
    [
      "-b", one(of: ["5", "8", "11"]), "--shuffle-buffer", one(of: ["1", "10", "50", "10000"]),
      "--seed", "\(Int.random(in: 0..<1_000_000, using: &random))",
      "--epochs", one(of: ["3", "4", "5"]),
    ] + maybe("--max-steps", 0.15, "37", "41")
  }

  mutating func optimizer() -> (arguments: [String], recipe: String?) {
    let own: (name: String, options: [String]) = one(of: [
      ("adagrad", ["\"initial_accumulator_value\": 0.2"]),
      ("adam", ["\"amsgrad\": true", "\"beta_1\": 0.8, \"epsilon\": 1e-5"]),
      ("adamw", ["\"weight_decay\": 0.05", "\"beta_2\": 0.99"]), ("adamax", ["\"beta_1\": 0.8"]),
      ("nadam", ["\"beta_2\": 0.98"]),
      ("rmsprop", ["\"centered\": true, \"momentum\": 0.5", "\"rho\": 0.8"]),
      ("sgd", ["\"momentum\": 0.8, \"nesterov\": true"]), ("momentum", ["\"momentum\": 0.7"]),
      ("nesterov", ["\"momentum\": 0.7"]),
    ])
    let clip = maybe("--clip-norm", 0.25, "0.5", "3")
    let limits = ["\"global_clipnorm\": 1.5", "\"clipvalue\": 0.1"]
    let averages = [
      "\"use_ema\": true, \"ema_momentum\": 0.9",
      "\"use_ema\": true, \"ema_momentum\": 0.8, \"ema_overwrite_frequency\": 7",
    ]
    let options =
      [one(of: own.options), one(of: limits), one(of: averages)]
      .filter { clip.isEmpty || !limits.contains($0) }.filter { _ in happens(0.4) }
    let arguments =
      clip + maybe("--accumulate", 0.25, "2", "3") + maybe("--ema", 0.25, "0.9", "0.5")
      + maybe("--weight-decay", own.name == "adamw" ? 0 : 0.25, "0.01", "0.1")
    guard !options.isEmpty else { return (["--optimizer", own.name] + arguments, nil) }
    let object = options.joined(separator: ", ")
    return (arguments, "{\"optimizer\": \"\(own.name)\", \"optimizer_options\": {\(object)}}")
  }

  mutating func rates() -> [String] {
    maybe("--lr", 0.6, "0.003", "0.01", "0.0005")
      + maybe(
        "--lr-schedule", 0.6, "constant", "cosine", "step", "exponential", "linear", "onecycle")
      + maybe("--warmup", 0.4, "5steps", "1epoch", "23steps")
      + maybe(
        "--reduce-lr-on-plateau", 0.3, "factor=0.5,patience=1",
        "patience=1,cooldown=1,min_lr=1e-5,min_delta=0.05")
  }

  mutating func loss(classes: Int) -> [String] {
    let changes = [
      "shift=2", "rotate=10", "zoom=0.1", "shear=5", "flip", "elastic", "thickness=0.8", "lines",
      "cut=0.2", "coarse=2.5", "blur=0.7", "contrast=0.3", "noise=0.1", "erase",
    ].filter { _ in happens(0.25) }
    return (changes.isEmpty ? [] : maybe("--augment", 0.7, changes.joined(separator: ",")))
      + maybe("--label-smoothing", 0.3, "0.1", "0.02")
      + maybe("--class-weights", 0.3, "auto", classes == 4 ? "1,0.5,2,1" : "1,0.5,2")
  }

  mutating func stopping(set: String) -> [String] {
    maybe("--patience", 0.3, "1", "2") + maybe("--min-delta", 0.2, "0.01")
      + (happens(0.3) ? ["--restore-best"] : [])
      + maybe("--monitor", 0.4, "\(set)_loss", "\(set)_accuracy", "loss", "accuracy")
  }

  mutating func calibration(set: String, data: [String]) -> [String] {
    let rejected =
      data.contains("../pictures") && happens(0.4) ? ["--reject-class", "class 1"] : []
    guard set == "val", happens(0.5) else { return rejected }
    // Of 30 held-out pictures, less than 20 may be of the other classes.
    return rejected.isEmpty ? ["--calibrate"] + maybe("--reject-rate", 0.5, "0.1", "0") : rejected
  }

  mutating func saving() -> [String] {
    maybe("--log", 0.8, "log.jsonl", "log.csv") + maybe("--tensorboard", 0.4, "board")
      + maybe("--keep", 0.5, "0", "1", "2")
      + maybe("--plots", 0.3, "plots") + maybe("--save-best", 0.5, "best.h5")
      + maybe("--export-weights", 0.3, "weights.h5")
  }
}
