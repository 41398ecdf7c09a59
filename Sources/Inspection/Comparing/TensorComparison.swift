/// A variable, or a dataset, of two files.
public struct TensorComparison: Sendable {
  /// What it is in its model, or its path.
  public let name: String

  /// What is in the first file; nil if there is nothing.
  public let first: VariableReport?

  /// What is in the second file; nil if there is nothing.
  public let second: VariableReport?

  /// How the two compare.
  public let status: ComparisonStatus

  /// How the elements differ, if they were compared.
  public let elements: ElementComparison?

  /// Why the elements cannot be read, in one sentence.
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
