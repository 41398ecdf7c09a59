import NeuralNetwork

/// Sorts the named variables of an optimizer into the order of Keras 3.
///
/// Keras 3, and tf_keras since 2.11, store the slots of each variable together: `m, v, m, v`. Keras
/// 2.0 to 2.3 and the older optimizers of tf_keras store all slots of one kind, then all of the
/// next: `m, m, v, v`. The order is determined by the names of the variables, or else by the name
/// of the iteration and the version of Keras, or else by the shapes.
///
/// Source: optimizers.py of Keras 1.2 to 2.3, optimizers/legacy and optimizers of Keras 2.11 to
/// 2.15.
struct SlotOrder {
  /// The families of versions with different orders.
  private enum Family {
    /// All slots of one kind, then all of the next.
    case blocks
    /// The order of Keras 3.
    case keras3
  }

  /// The variables in the order of Keras 3, then the surplus ones; `nil` if the order is ambiguous.
  let variables: [StoredVariable]?

  /// Sorts the slots of an optimizer.
  ///
  /// - Parameters:
  ///   - stored: The variables except the iteration and learning rate, in the order of the file.
  ///   - wanted: The slots of the optimizer, in the order of Keras 3.
  ///   - iteration: The name of the iteration in the file, if the file contains it.
  ///   - kerasVersion: The version of Keras in the file.
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
    // Keras 2.1 to 2.3 store placeholders for the third slots of an Adam without AMSGrad.
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

  /// Assigns the next variable of its kind to each slot.
  private static func sorted(
    _ stored: [StoredVariable], of kinds: [String], for wanted: [ExpectedSlot]
  ) -> [StoredVariable] {
    var byKind = Dictionary(grouping: zip(kinds, stored), by: \.0).mapValues { $0.map(\.1)[...] }
    var ordered: [StoredVariable] = []
    for slot in wanted {
      // The slots differ, which the later comparison reports.
      guard let next = byKind[slot.name]?.popFirst() else { return stored }
      ordered.append(next)
    }
    let used = Set(ordered.map(\.path))
    let placeholders = Set(byKind["velocity_hat"]?.filter { $0.shape == [1] }.map(\.path) ?? [])
    return ordered + stored.filter { !used.contains($0.path) && !placeholders.contains($0.path) }
  }

  /// The position of each slot among slots sorted by kind.
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

/// The slots for the names of an optimizer's variables in Keras 2.
private enum SlotKinds {
  private static let kinds: [Substring: [String]] = [
    "m": ["momentum"], "moment": ["momentum"], "momentum": ["momentum"],
    "v": ["velocity", "norm"], "u": ["norm"], "norm": ["norm"],
    "rms": ["velocity"], "velocity": ["velocity"],
    "vhat": ["velocity_hat"], "velocity_hat": ["velocity_hat"],
    "mg": ["average_gradient"], "average_gradient": ["average_gradient"],
    "accumulator": ["accumulator", "velocity", "accumulated_grad"], "average": ["average"],
    "accumulated_grad": ["accumulated_grad"], "accum_grad": ["accumulated_grad"],
    "accumulated_delta_var": ["accumulated_delta_var"], "accum_var": ["accumulated_delta_var"],
    "delta_accumulator": ["accumulated_delta_var"],
  ]

  /// The kinds of slots of some names; `nil` if a name does not determine its kind.
  ///
  /// Names are `Adam/m/conv2d/kernel:0` since 2.11, or `m/conv2d/kernel:0` if the optimizer was
  /// built explicitly; `Adam/conv2d/kernel/m:0` in the older optimizers of tf_keras;
  /// `training/Adam/m_3:0` in Keras 2.3.
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

/// The components of the name of an optimizer's variable, such as `Adam/iter:0`.
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
