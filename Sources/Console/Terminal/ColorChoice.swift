/// The value of `--color`.
public enum ColorChoice: String, CaseIterable, Sendable {
  /// Colour on a terminal, unless `NO_COLOR` or `CLICOLOR_FORCE` is set.
  case auto
  /// Colour everywhere, also in a pipe or a file.
  case always
  /// No colour.
  case never
}
