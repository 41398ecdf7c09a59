import Console
import Testing

@Suite("Exit statuses")
struct ExitStatusTests {
  @Test("Each status has its documented number")
  func numbers() {
    #expect(
      ExitStatus.allCases.map(\.rawValue)
        == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 129, 130, 140, 143, 152])
    #expect(ExitStatus.badData.rawValue == 65)
    #expect(ExitStatus.noInput.rawValue == 66)
    #expect(ExitStatus.busy.rawValue == 75)
  }

  @Test("The worst of several results is their maximum")
  func worst() {
    #expect([ExitStatus.badData, .success, .noInput, .negative].max() == .noInput)
  }

  @Test("A signal gives 128 plus its number, and an unknown one gives nil")
  func signals() {
    #expect(ExitStatus.stopped(by: 1) == .hungUp)
    #expect(ExitStatus.stopped(by: 2) == .interrupted)
    #expect(ExitStatus.stopped(by: 15) == .terminated)
    #expect(ExitStatus.stopped(by: 9) == nil)
  }
}
