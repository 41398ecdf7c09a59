import NeuralNetwork

/// Puts the variables of an optimizer that have names into the order of Keras 3.
///
/// Keras 3, and tf_keras since 2.11, write the slots of each variable together: `m, v, m, v`. Keras 2.0
/// to 2.3 and the older optimizers of tf_keras write all of one kind, then all of the next:
/// `m, m, v, v`. The names of the variables tell which is which, else the name of the iteration and the
/// version of Keras, else the shapes.
///
/// Source: optimizers.py of Keras 1.2 to 2.3, optimizers/legacy and optimizers of Keras 2.11 to 2.15.
struct SlotOrder {
  /// The versions that differ in the order.
  private enum Family {
    /// All of one kind, then all of the next.
    case blocks
    /// The order of Keras 3.
    case keras3
  }

  /// The variables in the order of Keras 3, then those that are too many; nil if nothing tells the order.
  let variables: [StoredVariable]?

  /// Sorts the slots of an optimizer.
  ///
  /// - Parameters:
  ///   - stored: The variables without iteration and learning rate, in the order of the file.
  ///   - wanted: The slots of the optimizer, in the order of Keras 3.
  ///   - iteration: What the file calls the number of steps, if it has it.
  ///   - kerasVersion: The version of Keras that the file names.
  init(
    _ stored: [StoredVariable], for wanted: [ExpectedSlot], iteration: String?,
    kerasVersion: String?
  ) {
    let head = iteration.map(VariableName.init)?.components.last
    if let kinds = SlotKinds.kinds(
      of: stored.map(\.name), for: Set(wanted.map(\.name)), slotComesFirst: head == "iteration")
    {
      variables = SlotOrder.sorted(stored, of: kinds, for: wanted)
      return
    }
    // Keras 2.1 to 2.3 write a placeholder for each third slot of an Adam that has none.
    var stored = stored[...]
    let variableCount = wanted.count { $0.name == wanted.first?.name }
    let surplus = stored.dropFirst(wanted.count)
    if surplus.count == variableCount, surplus.allSatisfy({ $0.shape == [1] }) {
      stored = stored.prefix(wanted.count)
    }
    let interleaved = Array(stored)
    let blocks = SlotOrder.places(ofBlocksFor: wanted).map { place in
      place < stored.count ? stored[place] : nil
    }
    let fromBlocks = blocks.compactMap(\.self) + stored.dropFirst(wanted.count)
    guard interleaved != fromBlocks else {
      variables = interleaved
      return
    }
    switch SlotOrder.family(head, kerasVersion) {
    case .blocks?: variables = fromBlocks
    case .keras3?: variables = interleaved
    case nil:
      let shapes = wanted.map(\.shape)
      switch (interleaved.map(\.shape) == shapes, fromBlocks.map(\.shape) == shapes) {
      case (true, true): variables = nil
      case (_, true): variables = fromBlocks
      default: variables = interleaved
      }
    }
  }

  /// Takes for each slot the next variable of its kind.
  private static func sorted(
    _ stored: [StoredVariable], of kinds: [String], for wanted: [ExpectedSlot]
  ) -> [StoredVariable] {
    var byKind = Dictionary(grouping: zip(kinds, stored), by: \.0).mapValues { $0.map(\.1)[...] }
    var ordered: [StoredVariable] = []
    for slot in wanted {
      // Another set of slots: then the comparison tells what is what.
      guard let next = byKind[slot.name]?.popFirst() else { return stored }
      ordered.append(next)
    }
    let used = Set(ordered.map(\.path))
    let placeholders = Set(byKind["velocity_hat"]?.filter { $0.shape == [1] }.map(\.path) ?? [])
    return ordered + stored.filter { !used.contains($0.path) && !placeholders.contains($0.path) }
  }

  /// For each slot its place among slots that are sorted by their kinds.
  private static func places(ofBlocksFor wanted: [ExpectedSlot]) -> [Int] {
    var kinds: [String] = []
    for slot in wanted where !kinds.contains(slot.name) { kinds.append(slot.name) }
    let order = kinds.flatMap { kind in wanted.indices.filter { wanted[$0].name == kind } }
    var places = Array(repeating: 0, count: wanted.count)
    for (place, slot) in order.enumerated() { places[slot] = place }
    return places
  }

  private static func family(_ iteration: Substring?, _ kerasVersion: String?) -> Family? {
    switch iteration {
    case "iter", "iterations": return .blocks
    case "iteration": return .keras3
    default: break
    }
    let numbers = (kerasVersion ?? "").split(separator: ".").prefix(2).compactMap { Int($0) }
    guard numbers.count == 2 else { return nil }
    return (numbers[0], numbers[1]) < (2, 11) ? .blocks : .keras3
  }
}

/// Which slots of ours the names of an optimizer's variables in Keras 2 stand for.
private enum SlotKinds {
  private static let kinds: [Substring: [String]] = [
    "m": ["momentum"], "moment": ["momentum"], "momentum": ["momentum"],
    "v": ["velocity", "norm"], "u": ["norm"], "norm": ["norm"],
    "rms": ["velocity"], "velocity": ["velocity"],
    "vhat": ["velocity_hat"], "velocity_hat": ["velocity_hat"],
    "mg": ["average_gradient"], "average_gradient": ["average_gradient"],
    "accumulator": ["accumulator", "velocity"], "average": ["average"],
  ]

  /// The kinds of slots that names stand for; nil if one of them does not tell.
  ///
  /// Names are `Adam/m/conv2d/kernel:0` or, where the optimizer was built by hand, `m/conv2d/kernel:0`
  /// since 2.11; `Adam/conv2d/kernel/m:0` in the older optimizers of tf_keras; `training/Adam/m_3:0` in
  /// Keras 2.3.
  static func kinds(
    of names: [String], for wanted: Set<String>, slotComesFirst: Bool
  ) -> [String]? {
    let names = names.map(VariableName.init)
    let isPrefixed =
      Set(names.map(\.components.first)).count == 1
      && names.first?.components.first.map { kinds[$0] == nil } ?? false
    var found: [String] = []
    for name in names {
      let components = name.components.dropFirst(isPrefixed && slotComesFirst ? 1 : 0)
      let word = slotComesFirst ? components.first : components.last.map { name.withoutNumber($0) }
      guard components.count > (slotComesFirst ? 1 : 0), let word, let possible = kinds[word]
      else { return nil }
      found.append(possible.first(where: wanted.contains) ?? possible[0])
    }
    return found.isEmpty ? nil : found
  }
}

/// The name of a variable of an optimizer, taken apart: `Adam/iter:0`.
struct VariableName {
  let components: [Substring]

  init(_ name: String) {
    components = (name.split(separator: ":").first ?? "").split(separator: "/")
  }

  /// `m` for `m_12`.
  func withoutNumber(_ component: Substring) -> Substring {
    guard let underscore = component.lastIndex(of: "_"),
      component[underscore...].dropFirst().allSatisfy({ ("0"..."9").contains($0) })
    else { return component }
    return component[..<underscore]
  }
}
