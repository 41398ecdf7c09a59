import Tensors

/// How plausible it is from its geometry that a candidate is the digit of a picture.
///
/// A digit stands out from its paper, and its paper is that of the picture: what seems to be light
/// ink may be the paper within a dark loop.
struct Plausibility: Equatable {
  /// The difference of the ink from the paper, in `0...1`.
  let contrast: Double
  /// The difference of the paper around the ink from that of the picture, as a share of the
  /// contrast.
  let foreign: Double
  /// Whether there are several pieces that may be digits.
  var hasSeveralPieces = false

  /// How much the properties weigh, beside a score of the model.
  struct Weights {
    /// The weights of the logarithm of the contrast, of foreign paper and of several pieces.
    let contrast, foreign, severalPieces: Double

    /// Beside the energy or the probability of a model that knows digits only.
    ///
    /// Fitted to 2,000 pictures of digits with the quickstart model.
    static let besideEnergy = Weights(contrast: 9.3, foreign: 7.1, severalPieces: 0)

    /// Beside the margin of a model with a rejected class, which is wrong less often.
    ///
    /// Fitted to 7,000 pictures of digits by `tools/digits/fit-plausibility`, with a model like
    /// `models/digits.h5`.
    static let besideMargin = Weights(contrast: 4, foreign: 2, severalPieces: 8)
  }

  /// The logarithmic odds, in the unit of the model's score; only differences count.
  ///
  /// - Parameter weights: The weights that belong to the score.
  /// - Returns: The logarithmic odds.
  func logOdds(_ weights: Weights = .besideEnergy) -> Double {
    weights.contrast * Elementary.log(max(contrast, 1e-3)) - weights.foreign * foreign
      - (hasSeveralPieces ? weights.severalPieces : 0)
  }
}
