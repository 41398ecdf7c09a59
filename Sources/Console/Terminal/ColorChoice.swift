/// What the user asked for with `--color`.
public enum ColorChoice: String, CaseIterable, Sendable {
  /// Colour on a terminal, unless the environment says otherwise.
  case auto
  /// Colour everywhere, even in a pipe or a file.
  case always
  /// No colour.
  case never
}
