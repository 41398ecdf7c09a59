import Glibc
import Tensors

/// The orders of the driver: a line for each, such as `train 32 100`, answered with a line of JSON
/// that has the seconds.
enum Orders {
  /// Says what this process is, and works until there are no more orders.
  ///
  /// - Parameter answer: Carries out an order, and returns members of the answer; `nil` if there is
  ///   no such order.
  /// - Throws: The error of `answer`.
  static func serve(
    _ answer: (_ order: Substring, _ numbers: [Int]) throws -> String?
  ) rethrows {
    announce("Cairn (\(instructionSet))")
    while let line = readLine() {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().compactMap { Int($0) }
      var members: String?
      let time = try ContinuousClock().measure { members = try answer(words.first ?? "", numbers) }
      guard let members else { preconditionFailure("no such order: \(line)") }
      announce("{\(members), \"seconds\": \(time / .seconds(1))}")
    }
  }

  private static func announce(_ line: String) {
    print(line)
    fflush(nil)
  }
}
