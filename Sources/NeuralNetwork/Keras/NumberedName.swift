/// A name that may end with a number: `dense_12`, `d2`.
package struct NumberedName {
  /// The name without the counter and the underscore before it.
  package let base: Substring

  /// The counter; 0 if there is none.
  package let number: Int

  /// Splits a name.
  ///
  /// - Parameter name: The name.
  package init(_ name: String) {
    let digits = name.reversed().prefix { ("0"..."9").contains($0) }.count
    // A longer sequence of digits is part of the name.
    guard digits > 0, digits <= 9, let number = Int(name.suffix(digits)) else {
      (base, self.number) = (name[...], 0)
      return
    }
    let rest = name.dropLast(digits)
    base = rest.hasSuffix("_") ? rest.dropLast() : rest
    self.number = number
  }
}
