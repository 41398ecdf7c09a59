import ArgumentParser
import Arguments
import Training

/// The options under the heading Saving.
struct SavingOptions: ParsableArguments {
  @Option(
    help: .file(
      """
      Checkpoint file. Training resumes from it if it exists. Required, except with --preview and \
      --dry-run, which save nothing.
      """),
    completion: .file(extensions: ["h5"]))
  var save: String?

  /// The checkpoint; empty for a call that saves nothing.
  var path: String { save ?? "" }

  @Option(
    help: ArgumentHelp(
      "How often to save a checkpoint, such as 1epoch, 500steps or 5min.",
      valueName: "interval"))
  var saveEvery = SaveInterval.epochs(1)

  @Option(
    help: .count("Number of recent checkpoints to keep as ckpt.step-….h5. (default: 3)"),
    transform: wholeNumber)
  var keep = 3

  @Option(
    help: .file("Also save the best epoch's checkpoint to this file (see --monitor)."),
    completion: .file(extensions: ["h5"]))
  var saveBest: String?

  @Option(
    help: ArgumentHelp(
      "Metric that determines the best epoch. (default: val_loss, or test_loss)",
      valueName: "metric"))
  var monitor: Monitor?

  @Option(
    help: ArgumentHelp(
      "How long to retry the final save if it fails, such as 60s or 5min; 0s does not retry.",
      valueName: "time"))
  var savePatience = Patience(seconds: 60)

  @Option(
    help: ArgumentHelp(
      """
      auto: resume if the checkpoint exists. never: start from scratch. FILE: resume from that \
      file.
      """,
      valueName: "auto|never|file"), completion: .file(extensions: ["h5", "keras"]))
  var resume = "auto"

  /// The file to resume from; `nil` if it is that of `--save`, or there is none.
  var origin: String? { ["auto", "never"].contains(resume) ? nil : resume }

  @Option(
    help: ArgumentHelp(
      """
      Change lr, batch-size or shuffle-buffer of the resumed run; repeatable. A learning rate \
      takes effect at the next step, the others at the next epoch. The optimizer state is kept, \
      and the checkpoint records the change.
      """, valueName: "name=value"))
  var change: [SettingChange] = []

  @Flag(
    help: ArgumentHelp(
      """
      Overwrite existing output files of other runs; with --resume never or FILE, also the --save \
      file.
      """))
  var overwrite = false

  @Flag(
    help: """
      Reset the optimizer state when resuming; --optimizer may then select another optimizer. \
      Repeating the command does not reset it again.
      """)
  var resetOptimizer = false

  @Option(
    help: .file(
      "Also save the final weights without optimizer and training state; cannot be resumed."),
    completion: .file(extensions: ["h5"]))
  var exportWeights: String?

  func validate() throws {
    try check("--save", save, mustBe: "the path of a file") { !$0.isEmpty }
    try check("--keep", keep, in: 0...10_000)
    for (flag, path) in [("--save-best", saveBest), ("--export-weights", exportWeights)] {
      try check(flag, path, mustBe: "the path of a file") { !$0.isEmpty }
    }
    try check("--resume", resume, mustBe: "auto, never or the path of a checkpoint") {
      !$0.isEmpty
    }
    guard change.isEmpty && !resetOptimizer || resume != "never" else {
      throw ValidationError(
        "--change and --reset-optimizer apply to a resumed run and cannot be combined with "
          + "--resume never."
      )
    }
  }
}
