/// A line on a terminal that shows how far things are and goes away when they are done.
///
/// It is drawn over itself, at most every tenth of a second. Where that is not possible, in a pipe
/// or a file, nothing at all is written. Before anything else is written to the same terminal, on
/// standard output too, ``clear()`` takes the line away; the next update brings it back.
public final class ProgressBar {
  /// The least time between two drawings, in seconds.
  private static let interval = 0.1
  /// Goes to the first column and erases the line (ECMA-48, 8.3.41, "erase in line").
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
  ///   - unit: What the rate counts per second.
  ///   - isEnabled: Whether the user wants to see it; it stays invisible off a terminal anyway.
  ///   - color: What the user asked for with `--color`.
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
  ///   - terminal: What may be written.
  ///   - unit: What the rate counts per second.
  ///   - isEnabled: Whether the user wants to see it.
  ///   - width: Returns the width of the terminal now; it can change.
  ///   - clock: Returns the time in seconds; only differences count.
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

  /// Begins something new, such as an epoch, and shows it.
  ///
  /// - Parameters:
  ///   - label: What is going on, such as `Epoch 2/5`.
  ///   - completed: The number of steps done before, as after a resume; they do not count for the
  ///     rate.
  ///   - total: The number of steps in all.
  ///   - itemsPerStep: How many of the rate's units a step is: the batch size.
  public func begin(_ label: String, completed: Int = 0, total: Int, itemsPerStep: Int = 1) {
    guard isEnabled else { return }
    let now = clock()
    state = ProgressState(label: label, completed: completed, total: total)
    estimator = RateEstimator(position: completed, time: now)
    self.itemsPerStep = itemsPerStep
    draw(at: now)
  }

  /// Takes note of progress, and shows it if the last drawing is a tenth of a second ago.
  ///
  /// - Parameters:
  ///   - completed: The number of steps done, those before a resume included.
  ///   - metrics: Running values, such as `loss 0.0432`; asked for only when they are shown.
  public func update(completed: Int, metrics: @autoclosure () -> [String] = []) {
    guard isEnabled, state != nil else { return }
    let now = clock()
    state?.completed = completed
    estimator.record(position: completed, time: now)
    if let lastDrawing, now - lastDrawing < Self.interval { return }
    state?.metrics = metrics()
    draw(at: now)
  }

  /// Takes the line off the terminal, so that something else can be written there.
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
    // The last column stays empty: a terminal whose line is full may go on to the next one.
    let line = state.rendered(width: width() - 1, unicode: unicode, color: color)
    output(Self.erase + line)
    isVisible = true
    lastDrawing = now
  }
}
