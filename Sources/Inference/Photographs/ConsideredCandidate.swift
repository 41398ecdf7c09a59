import JSON

/// One of the ways to see a picture of a digit, of which the best was answered.
struct ConsideredCandidate: Equatable {
  /// The class of the model.
  let label: Int
  /// Whether dark ink became light.
  let inverted: Bool
  /// How the paper was found; `nil` if the picture was taken as it is.
  let background: Preprocessing.Background?
  /// How plausible it is without the model.
  let plausibility: Plausibility
  /// How certain the model is that it shows a digit; see ``RejectionScore``.
  let certainty: Double

  init(_ input: ModelPicture, label: Int, certainty: Double) {
    (self.label, self.certainty) = (label, certainty)
    inverted = input.preprocessing.inverted
    background = input.preprocessing.background
    plausibility = input.plausibility
  }

  /// The candidate as a JSON object.
  var json: JSON {
    .object([
      "digit": .integer(label), "inverted": .bool(inverted),
      "background": (background?.rawValue).map(JSON.string),
      "contrast": .number(plausibility.contrast), "foreign": .number(plausibility.foreign),
      "several_pieces": .bool(plausibility.hasSeveralPieces),
      "certainty": certainty.isFinite ? .number(certainty) : nil,
    ])
  }
}
