/// A clock that determines when a save is due.
struct SaveClock {
  private let interval: SaveInterval
  private var lastStep = 0
  private var lastEpoch = 0
  private var lastTime = ContinuousClock.now

  init(_ interval: SaveInterval) {
    self.interval = interval
  }

  /// Records a save.
  mutating func saved(step: Int, epoch: Int) {
    (lastStep, lastEpoch, lastTime) = (step, epoch, .now)
  }

  /// Whether a save is due inside an epoch.
  func isDue(afterStep step: Int) -> Bool {
    switch interval {
    case .epochs: false
    case .steps(let count): step - lastStep >= count
    case .seconds(let count): ContinuousClock.now - lastTime >= .seconds(count)
    }
  }

  /// Whether a save is due at the end of an epoch.
  func isDue(afterEpoch epoch: Int) -> Bool {
    guard case .epochs(let count) = interval else { return false }
    return epoch - lastEpoch >= count
  }
}
