/// A progress bar: a line on a terminal that is redrawn, and erased at the end.
///
/// It is redrawn at most every 0.1 s. In a pipe or a file, nothing is written. Call ``clear()``
/// before anything else is written to the same terminal, also on standard output; the next update
/// draws the line again.
public final class ProgressBar {
  /// The minimum time between two drawings, in seconds.
  private static let interval = 0.1
  /// Moves the cursor to the first column and erases the line (ECMA-48, 8.3.41, "erase in line").
  private static let erase = "\r\u{1B}[K"

  private let isEnabled: Bool
  private let unicode: Bool
  private let color: Bool
  private let unit: String
  private let width: () -> Int
  private let clock: () -> Double
  private let output: (String) -> Void

  private var state: ProgressState?
  private var estimator: RateEstimator
  private var itemsPerStep = 1
  private var lastDrawing: Double?
  private var isVisible = false

  /// Creates a progress bar on standard error.
  ///
  /// - Parameters:
  ///   - unit: The unit of the rate.
  ///   - isEnabled: Whether to show the bar. It is never shown in a pipe or a file.
  ///   - color: The value of `--color`.
  ///   - output: Writes to standard error.
  public convenience init(
    unit: String = "img/s", isEnabled: Bool = true, color: ColorChoice = .auto,
    output: @escaping (String) -> Void = { StandardError.write($0) }
  ) {
    let terminal = Terminal.of(.error, color: color)
    let start = SuspendingClock.now
    self.init(
      terminal: terminal, unit: unit, isEnabled: isEnabled,
      width: { StandardStream.error.reportedColumns ?? terminal.width },
      clock: { start.duration(to: .now) / .seconds(1) },
      output: output)
  }

  /// Creates a progress bar with its own clock and output.
  ///
  /// - Parameters:
  ///   - terminal: The capabilities of the output stream.
  ///   - unit: The unit of the rate.
  ///   - isEnabled: Whether to show the bar.
  ///   - width: Returns the current width of the terminal, which can change.
  ///   - clock: Returns the time in seconds from an arbitrary start.
  ///   - output: Writes to the terminal.
  public init(
    terminal: Terminal, unit: String = "img/s", isEnabled: Bool = true,
    width: @escaping () -> Int, clock: @escaping () -> Double,
    output: @escaping (String) -> Void
  ) {
    self.isEnabled = isEnabled && terminal.canRedraw
    unicode = terminal.usesUnicode
    color = terminal.usesColor
    self.unit = unit
    self.width = width
    self.clock = clock
    self.output = output
    estimator = RateEstimator(position: 0, time: 0)
  }

  deinit {
    if isVisible { output(Self.erase) }
  }

  /// Begins a new activity, such as an epoch, and draws the bar.
  ///
  /// - Parameters:
  ///   - label: The name of the activity, such as `Epoch 2/5`.
  ///   - completed: The number of steps that were done before a resume. The rate does not include
  ///     them.
  ///   - total: The total number of steps.
  ///   - itemsPerStep: The number of items of the rate in one step: the batch size.
  public func begin(_ label: String, completed: Int = 0, total: Int, itemsPerStep: Int = 1) {
    guard isEnabled else { return }
    let now = clock()
    state = ProgressState(label: label, completed: completed, total: total)
    estimator = RateEstimator(position: completed, time: now)
    self.itemsPerStep = itemsPerStep
    draw(at: now)
  }

  /// Records progress, and redraws the bar if the last drawing was at least 0.1 s ago.
  ///
  /// - Parameters:
  ///   - completed: The number of steps done, including those before a resume.
  ///   - metrics: Running values, such as `loss 0.0432`; evaluated only for drawing.
  public func update(completed: Int, metrics: @autoclosure () -> [String] = []) {
    guard isEnabled, state != nil else { return }
    let now = clock()
    state?.completed = completed
    estimator.record(position: completed, time: now)
    if let lastDrawing, now - lastDrawing < Self.interval { return }
    state?.metrics = metrics()
    draw(at: now)
  }

  /// Erases the line, so that something else can be written to the terminal.
  public func clear() {
    guard isVisible else { return }
    isVisible = false
    lastDrawing = nil
    output(Self.erase)
  }

  private func draw(at now: Double) {
    guard var state else { return }
    if let rate = estimator.rate {
      state.rate = Format.grouped(Int(rate * Double(itemsPerStep))) + " " + unit
      state.remaining = Double(max(state.total - state.completed, 0)) / rate
    }
    // The last column stays empty, because some terminals move to the next line after it.
    let line = state.rendered(width: width() - 1, unicode: unicode, color: color)
    output(Self.erase + line)
    isVisible = true
    lastDrawing = now
  }
}
