import Sandbox

/// A question about an open file, which libhdf5 answers.
protocol Question: Transferable, SendableMetatype {
  /// The answer.
  associatedtype Answer: Transferable

  /// Lets libhdf5 answer, with its lock held.
  func answer(_ file: LibraryFile) throws(HDF5Error) -> Answer
}

/// All questions; the number of one in a message is its index.
let allQuestions: [any Question.Type] = [
  OpenQuestion.self, MembersQuestion.self, IdentityQuestion.self, AttributeNamesQuestion.self,
  AttributeQuestion.self, StringsQuestion.self, PlacesQuestion.self, ElementsQuestion.self,
  EntriesQuestion.self,
]

extension Question {
  /// The number of the question in a message.
  static var number: Int { allQuestions.firstIndex { $0 == Self.self } ?? allQuestions.count }
}
