/// A comparison of a variable or dataset of two files.
///
/// See ``FileComparison`` for an example.
public struct TensorComparison: Sendable {
  /// The name of the variable in its model, or the path.
  public let name: String

  /// The variable of the first file; `nil` if it has none.
  public let first: VariableReport?

  /// The variable of the second file; `nil` if it has none.
  public let second: VariableReport?

  /// The result.
  public let status: ComparisonStatus

  /// The differences of the elements; `nil` if they were not compared.
  public let elements: ElementComparison?

  /// The reason why the elements cannot be read, in one sentence.
  public let problem: String?

  init(
    name: String, first: VariableReport?, second: VariableReport?, status: ComparisonStatus,
    elements: ElementComparison? = nil, problem: String? = nil
  ) {
    self.name = name
    self.first = first
    self.second = second
    self.status = status
    self.elements = elements
    self.problem = problem
  }
}
