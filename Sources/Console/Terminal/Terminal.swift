/// What may be written to a stream: colour, moves of the cursor, characters beyond ASCII, how wide.
///
/// All decisions follow from the values given to ``init(isTerminal:columns:environment:color:)``.
public struct Terminal: Equatable, Sendable {
  /// Whether the stream is connected to a terminal.
  public let isTerminal: Bool
  /// Whether text may be styled.
  public let usesColor: Bool
  /// Whether characters beyond ASCII may be used for decoration.
  public let usesUnicode: Bool
  /// Whether a line may be drawn over again, as a progress bar does.
  public let canRedraw: Bool
  /// The number of columns; 80 if neither the terminal nor the environment says.
  public let width: Int

  /// The width that lines must keep to, or `nil` in a pipe or a file, where nothing is shortened.
  public var lineLimit: Int? { isTerminal ? width : nil }

  /// Decides what may be written to a stream.
  ///
  /// Colour follows, in this order: `--color always` or `never`; a `NO_COLOR` that is not empty
  /// (none); a `CLICOLOR_FORCE` that is neither empty nor `0` (as `--color always`); whether the
  /// stream is a terminal that can show it. A terminal without a `TERM` counts as dumb.
  ///
  /// - Parameters:
  ///   - isTerminal: Whether the stream is connected to a terminal.
  ///   - columns: What the terminal reports as its width, if it does.
  ///   - environment: The environment of the process.
  ///   - color: What the user asked for.
  public init(
    isTerminal: Bool, columns: Int?, environment: Environment, color: ColorChoice = .auto
  ) {
    let isDumb = environment["TERM"].map { $0 == "dumb" } ?? true
    self.isTerminal = isTerminal
    canRedraw = isTerminal && !isDumb
    usesUnicode = environment.isUTF8
    usesColor =
      switch color {
      case .always: true
      case .never: false
      case .auto:
        if environment["NO_COLOR"] != nil {
          false
        } else if let force = environment["CLICOLOR_FORCE"], force != "0" {
          true
        } else {
          canRedraw
        }
      }
    let stated = environment["COLUMNS"].flatMap { Int($0) }
    width = [columns, stated].compactMap(\.self).first { $0 > 0 } ?? 80
  }

  /// Returns what may be written to a stream of this process now.
  ///
  /// - Parameters:
  ///   - stream: The stream.
  ///   - color: What the user asked for.
  /// - Returns: The decisions for the stream.
  public static func of(_ stream: StandardStream, color: ColorChoice = .auto) -> Terminal {
    Terminal(
      isTerminal: stream.isTerminal, columns: stream.reportedColumns,
      environment: .current, color: color)
  }

  /// Returns a text in a style, or as it is where there is no colour.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - style: The style.
  /// - Returns: The text to write.
  public func styled(_ text: String, _ style: Style) -> String {
    style.applied(to: text, when: usesColor)
  }
}
