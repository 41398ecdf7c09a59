public import ArgumentParser
import Arguments
public import Inference

/// The options under the heading Several digits.
struct SeveralDigitsOptions: ParsableArguments {
  @Flag(
    help: """
      Find the digits of each image, and print the number that each line of them forms, with the \
      box and the confidence of each digit. --labels and --expect then give numbers; those of \
      several lines are separated by blanks.
      """)
  var segment = false

  @Option(
    help: ArgumentHelp(
      """
      Cut each image into so many rows and columns of equal cells, such as 10x20, and classify \
      each cell. The names end with [row,column], counted from 0.
      """, valueName: "rxc"))
  var sheet: SheetGrid?

  func validate() throws {
    guard !segment || sheet == nil else {
      throw ValidationError("`--segment` and `--sheet` cannot be used together.")
    }
  }
}

extension SheetGrid: ExpressibleByArgument {
  /// The largest number of rows, and of columns.
  private static let limit = 1000

  /// Reads rows and columns from the command line.
  ///
  /// - Parameter argument: Two numbers from 1 to 1000 with an `x` between them.
  public init?(argument: String) {
    let numbers = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let rows = numbers[0], let columns = numbers[1],
      (1...Self.limit).contains(rows), (1...Self.limit).contains(columns)
    else { return nil }
    self.init(rows: rows, columns: columns)
  }
}
