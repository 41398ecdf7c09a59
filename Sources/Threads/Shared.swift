/// A wrapper that shares a value between threads although its type is not `Sendable`: a pointer in
/// the chunks of a parallel loop, or a C function.
///
/// The compiler cannot check what threads do through a pointer. The creator of a shared value must
/// ensure that
///
/// - the memory outlives all threads that use it; a parallel loop ends when all chunks have ended;
/// - no thread writes an element that another thread reads or writes.
package struct Shared<Value>: @unchecked Sendable {
  /// The value.
  package let value: Value

  /// Shares a value.
  ///
  /// - Parameter value: The value, for which both conditions hold.
  @inlinable
  package init(_ value: Value) { self.value = value }

  /// The address of an element.
  @inlinable
  package static func + <Element>(shared: Self, index: Int) -> UnsafeMutablePointer<Element>
  where Value == UnsafeMutablePointer<Element> {
    unsafe shared.value + index
  }

  /// The address of an element.
  @inlinable
  package static func + <Element>(shared: Self, index: Int) -> UnsafePointer<Element>
  where Value == UnsafePointer<Element> {
    unsafe shared.value + index
  }
}
