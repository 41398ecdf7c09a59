internal import Glibc

/// What a part of the outline of a file may still take: objects, bytes of names and attributes, and
/// half a second of processor time.
struct OutlineBudget {
  private var objects: Int
  private var bytes: Int
  private let end = clock() + clock_t(500_000)
  private var steps = 0
  private var isLate = false

  /// Creates a budget.
  ///
  /// - Parameters:
  ///   - objects: The number of objects.
  ///   - bytes: The number of bytes of their names and attributes.
  init(objects: Int, bytes: Int) { (self.objects, self.bytes) = (objects, bytes) }

  /// Returns whether there is room for one object or attribute more.
  mutating func allowsMore() -> Bool {
    // To ask for the time takes as long as to read an attribute.
    steps += 1
    if steps % 16 == 0, clock() >= end { isLate = true }
    return objects > 0 && bytes > 0 && !isLate
  }

  /// Subtracts an object, or attributes of it.
  mutating func spend(objects: Int = 0, bytes: Int) {
    self.objects -= objects
    self.bytes -= bytes
  }
}
