import Testing
import Training

@Suite("Save intervals")
struct SaveIntervalTests {
  @Test(
    "Epochs, steps and times are read, singular or plural, in any case",
    arguments: [
      ("1epoch", .epochs(1)), ("2epochs", .epochs(2)), ("500steps", .steps(500)),
      ("1Step", .steps(1)), ("5min", .seconds(300)), ("1m", .seconds(60)),
      ("2minutes", .seconds(120)), ("90s", .seconds(90)), ("1sec", .seconds(1)),
      ("30seconds", .seconds(30)), ("2h", .seconds(7200)), ("1hour", .seconds(3600)),
      ("1000000steps", .steps(1_000_000)), ("007steps", .steps(7)),
    ] as [(String, SaveInterval)])
  func reads(text: String, interval: SaveInterval) {
    #expect(SaveInterval(text) == interval)
  }

  @Test(
    "All else is refused",
    arguments: [
      "", "1", "epoch", "0epochs", "-1steps", "+1steps", "1.5h", "1 epoch", "1000001steps",
      "99999999999999999999steps", "5days", "1e3steps", "٣steps", "1epochsteps", " 1epoch",
    ])
  func refuses(text: String) {
    #expect(SaveInterval(text) == nil)
  }
}
