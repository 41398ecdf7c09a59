/// The capabilities of an output stream: colour, cursor movement, Unicode and width.
///
/// They depend only on the arguments of ``init(isTerminal:columns:environment:color:)``.
public struct Terminal: Equatable, Sendable {
  /// Whether the stream is connected to a terminal.
  public let isTerminal: Bool
  /// Whether text may be styled.
  public let usesColor: Bool
  /// Whether characters beyond ASCII may be used for decoration.
  public let usesUnicode: Bool
  /// Whether a line can be redrawn, as by a progress bar.
  public let canRedraw: Bool
  /// The number of columns, from the terminal or `COLUMNS`; otherwise 80.
  public let width: Int

  /// The maximum width of lines, or `nil` in a pipe or a file, where nothing is truncated.
  public var lineLimit: Int? { isTerminal ? width : nil }

  /// Determines the capabilities of a stream.
  ///
  /// The first of these decides about colour: `--color always` or `never`; a non-empty `NO_COLOR`
  /// (no colour); a `CLICOLOR_FORCE` other than `0` (colour); whether the stream is a terminal that
  /// is not dumb. A terminal without `TERM` counts as dumb.
  ///
  /// - Parameters:
  ///   - isTerminal: Whether the stream is connected to a terminal.
  ///   - columns: The width that the terminal reports; `nil` if it does not.
  ///   - environment: The environment of the process.
  ///   - color: The value of `--color`.
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

  /// Returns the current capabilities of a standard stream.
  ///
  /// - Parameters:
  ///   - stream: The stream.
  ///   - color: The value of `--color`.
  /// - Returns: The capabilities.
  public static func of(_ stream: StandardStream, color: ColorChoice = .auto) -> Terminal {
    Terminal(
      isTerminal: stream.isTerminal, columns: stream.reportedColumns,
      environment: .current, color: color)
  }

  /// Returns a text in a style if the stream supports colour.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - style: The style.
  /// - Returns: The text, with escape sequences if there is colour.
  public func styled(_ text: String, _ style: Style) -> String {
    style.applied(to: text, when: usesColor)
  }
}
