/// A value that several threads share although its type does not allow it: a pointer in the chunks
/// of a parallel loop, or a function of C.
///
/// The compiler cannot check what threads do through a pointer. Whoever creates one of these
/// guarantees that
///
/// - the memory outlives all threads that use it; a parallel loop ends when all chunks have ended;
/// - no thread writes an element that another thread reads or writes.
package struct Shared<Value>: @unchecked Sendable {
  /// The value.
  package let value: Value

  /// Shares a value.
  ///
  /// - Parameter value: The value, for which the two guarantees hold.
  @inlinable
  package init(_ value: Value) { self.value = value }

  /// The address of an element.
  @inlinable
  package static func + <Element>(shared: Self, index: Int) -> UnsafeMutablePointer<Element>
  where Value == UnsafeMutablePointer<Element> {
    shared.value + index
  }

  /// The address of an element.
  @inlinable
  package static func + <Element>(shared: Self, index: Int) -> UnsafePointer<Element>
  where Value == UnsafePointer<Element> {
    shared.value + index
  }
}
