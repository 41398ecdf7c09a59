import NeuralNetwork

/// The variables of the models in two files, paired by their role in the model, not by path.
///
/// Variables are matched as in loading. The model is the one described in one of the files, if both
/// contain exactly its variables; or else the best-scoring pairing among such descriptions and the
/// groups of the files.
///
/// ```swift
/// let pairs = try ModelPairs(CheckpointFile(opening: first), CheckpointFile(opening: second))
/// for pair in pairs?.pairs ?? [] {
///   print(pair.name ?? "", pair.first?.shape ?? [], pair.second?.shape ?? [])
/// }  // dense/kernel [784, 2] [784, 2], …
/// ```
public struct ModelPairs {
  /// The variables in the order of the model, followed by those that match no weight of it.
  public let pairs: [VariablePair]

  /// Notes about assumptions that are likely but not certain.
  public let notes: [LoadNote]

  /// The names and shapes of the trainable weights, if they are known.
  let trained: [(name: String, shape: [Int])]?
}

extension ModelPairs {
  /// Pairs the variables of two files; `nil` if one of them contains no model.
  ///
  /// - Parameters:
  ///   - first: A file.
  ///   - second: Another file.
  /// - Throws: ``CheckpointError`` if a file cannot be read.
  public init?(
    _ first: borrowing CheckpointFile, _ second: borrowing CheckpointFile
  ) throws(CheckpointError) {
    guard let a = try StoredWeights(of: first.container),
      let b = try StoredWeights(of: second.container)
    else { return nil }

    var candidates: [ModelPairs] = []
    for blueprint in [Blueprint(describedIn: first), Blueprint(describedIn: second)] {
      guard let blueprint else { continue }
      let (inFirst, inSecond) = (blueprint.match(a), blueprint.match(b))
      let pairs = ModelPairs(
        blueprint, inFirst.found, inSecond.found, a, b, inFirst.notes + inSecond.notes)
      if inFirst.differences.isEmpty, inSecond.differences.isEmpty {
        self = pairs
        return
      }
      candidates.append(pairs.withoutTraining)
    }
    let (fromFirst, fromSecond) = (Blueprint(a), Blueprint(b))
    if let own = fromFirst.own {
      let match = fromFirst.match(b)
      candidates.append(ModelPairs(fromFirst, own, match.found, a, b, match.notes))
    }
    if let own = fromSecond.own {
      let match = fromSecond.match(a)
      candidates.append(ModelPairs(fromSecond, match.found, own, a, b, match.notes))
    }
    // Also try pairing by order, if the numbers of layers are equal.
    if let own = fromFirst.own, let other = fromSecond.own, own.count == other.count {
      let cut = zip(own, other).map { own, other in
        own.indices.map { other.indices.contains($0) ? other[$0] : nil }
      }
      candidates.append(ModelPairs(fromFirst, own, cut, a, b, []))
    }
    // Choose the first of the best candidates.
    guard var best = candidates.first else { return nil }
    for candidate in candidates.dropFirst() where candidate.pairs.score > best.pairs.score {
      best = candidate
    }
    self = best
  }

  private init(
    _ blueprint: Blueprint, _ first: [[StoredVariable?]], _ second: [[StoredVariable?]],
    _ a: StoredWeights, _ b: StoredWeights, _ notes: [LoadNote]
  ) {
    var pairs: [VariablePair] = []
    for (index, layer) in blueprint.weights.layers.enumerated() {
      for (number, weight) in layer.weights.enumerated() {
        let (inFirst, inSecond) = (first[index][number], second[index][number])
        guard inFirst != nil || inSecond != nil else { continue }
        pairs.append(
          VariablePair(
            name: blueprint.isDescribed ? weight.name : nil, first: inFirst, second: inSecond))
      }
    }
    let (inFirst, inSecond) = (
      Set(pairs.compactMap(\.first?.place)), Set(pairs.compactMap(\.second?.place))
    )
    pairs += a.variables.filter { !inFirst.contains($0.place) }
      .map { VariablePair(name: nil, first: $0, second: nil) }
    pairs += b.variables.filter { !inSecond.contains($0.place) }
      .map { VariablePair(name: nil, first: nil, second: $0) }
    self.pairs = pairs
    self.notes = notes
    trained =
      blueprint.isDescribed
      ? blueprint.weights.layers.flatMap(\.weights).filter(\.isTrainable)
        .map { ($0.name, $0.shape) } : nil
  }

  /// The same pairs without the trainable weights, for a model that does not match both files.
  private var withoutTraining: ModelPairs { ModelPairs(pairs: pairs, notes: notes, trained: nil) }
}

extension StoredWeights {
  /// All variables that exist in the file.
  fileprivate var variables: [StoredVariable] {
    (ownVariables + layers.flatMap(\.variables)).filter { !$0.isMissing }
  }
}

extension StoredVariable {
  /// The unique location of the variable.
  fileprivate var place: String { "\(part):\(path)" }
}
