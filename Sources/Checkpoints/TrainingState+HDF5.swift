import HDF5
import JSON
package import ModelFiles
package import Tensors

extension TrainingState {
  /// The state as a part of a file.
  ///
  /// - Parameter kept: The weights to keep beside those of the model.
  /// - Returns: The part.
  package func contents(keeping kept: [Tensor]) -> StateContents {
    StateContents(step: globalStep) { group throws(HDF5Error) in
      try write(to: group)
      for (index, tensor) in kept.enumerated() {
        try group.write(tensor, to: "\(keptWeightsName)/\(index)")
      }
    }
  }

  /// Writes the state to its group.
  func write(to group: borrowing GroupWriter) throws(HDF5Error) {
    try group.setAttribute("format_version", .int(Int64(KerasLayout.formatVersion)))
    try group.write(Int64(epoch), to: "epoch")
    try group.write(Int64(stepInEpoch), to: "step_in_epoch")
    try group.write(Int64(globalStep), to: "global_step")
    if initialIterations > 0 {
      try group.write(Int64(initialIterations), to: "initial_iterations")
    }
    if let countedIterations {
      try group.write(Int64(countedIterations), to: countedIterationsName)
    }
    try group.write(seed, to: "rng/seed")
    // Omit empty lists: h5repack cannot compress a file that contains one.
    if !layerSeeds.isEmpty {
      try group.write(
        layerSeeds.flatMap { [$0.seed, $0.counter] }, shape: [layerSeeds.count, 2],
        to: "rng/layers")
    }
    try group.write(
      [Int64(dataPosition.iteration), Int64(dataPosition.elements)], shape: [2],
      to: "dataset/position")
    try group.write(dataDigest, to: "dataset/sha256")
    if !dataRecords.isEmpty {
      try group.write(dataRecords.joined(separator: "\n"), to: "dataset/records")
    }
    try group.write(
      [accumulators.lossTotal, accumulators.lossCount], shape: [2], to: "accumulators/loss")
    try group.write(
      [Int64(accumulators.correct), Int64(accumulators.count)], shape: [2],
      to: "accumulators/accuracy")
    for (metric, variables) in metrics.sorted(by: { $0.key < $1.key }) {
      try group.createGroup("metrics/\(metric)")
      for (name, values) in variables.sorted(by: { $0.key < $1.key }) {
        try group.write(values, shape: [values.count], to: "metrics/\(metric)/\(name)")
      }
    }
    try group.createGroup("history")
    for (name, values) in history.sorted(by: { $0.key < $1.key }) {
      try group.write(values, shape: [values.count], to: "history/\(name)")
    }
    try group.write(JSON.object(settings).text, to: "config_json")
    if !values.isEmpty { try group.write(JSON.object(values).text, to: "values_json") }
    if holdsAverages { try group.setAttribute(averagesName, .int(1)) }
    if let restoredEpoch { try group.setAttribute(restoredName, .int(Int64(restoredEpoch))) }
    if !changes.isEmpty {
      try group.write(JSON.array(changes.map(\.json)).text, to: "changes_json")
    }

    let environmentGroup = try group.createGroup("environment")
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
      try environmentGroup.setAttribute(name, .string(value))
    }
    if !runID.isEmpty { try environmentGroup.setAttribute(runIDName, .string(runID)) }
    if let origin {
      try environmentGroup.setAttribute(OriginName.path, .string(origin.path))
      switch origin.content {
      case .run(let id, let step):
        try environmentGroup.setAttribute(OriginName.runID, .string(id))
        try environmentGroup.setAttribute(OriginName.step, .string("\(step)"))
      case .weights(let digest):
        try environmentGroup.setAttribute(OriginName.digest, .string(digest))
      }
    }
    if let logPosition {
      try environmentGroup.write(Int64(logPosition), to: "log_position")
    }
    if !epochSeconds.isEmpty {
      try environmentGroup.write(epochSeconds, shape: [epochSeconds.count], to: "epoch_seconds")
    }
  }
}

/// Reads and validates the training state of a checkpoint.
struct TrainingStateReader: ~Copyable {
  let path: String
  let group: Group

  func readState() throws(CheckpointError) -> TrainingState {
    if case .int(let version)? = try converting({ () throws(HDF5Error) in
      try group.attribute("format_version")
    }), version > Int64(KerasLayout.formatVersion) {
      throw .unsupportedVersion(path: path, found: Int(version))
    }

    let settings = try object("config_json")

    let digest = try converting { () throws(HDF5Error) in
      try group.dataset(at: "dataset/sha256").readStrings()
    }
    var state = TrainingState(
      seed: try scalar("rng/seed", of: UInt64.self), dataDigest: digest.first ?? "",
      settings: settings)
    if try contains("dataset/records") {
      let text = try converting { () throws(HDF5Error) in
        try group.dataset(at: "dataset/records").readStrings()
      }
      state.dataRecords = (text.first ?? "").split(separator: "\n").map(String.init)
    }
    state.epoch = try count("epoch")
    state.stepInEpoch = try count("step_in_epoch")
    state.globalStep = try count("global_step")
    if try contains("initial_iterations") {
      state.initialIterations = try count("initial_iterations")
    }
    if try contains(countedIterationsName) {
      state.countedIterations = try count(countedIterationsName)
    }

    let seeds = try contains("rng/layers") ? values("rng/layers", of: UInt64.self) : []
    guard seeds.count.isMultiple(of: 2) else { throw content("rng/layers", "is not pairs") }
    state.layerSeeds = stride(from: 0, to: seeds.count, by: 2).map {
      TrainingState.LayerSeed(seed: seeds[$0], counter: seeds[$0 + 1])
    }

    let position = try pair("dataset/position", of: Int64.self)
    state.dataPosition = .init(
      iteration: try nonNegative(position.0, "dataset/position"),
      elements: try nonNegative(position.1, "dataset/position"))
    let loss = try pair("accumulators/loss", of: Double.self)
    guard loss.0.isFinite, loss.1.isFinite, loss.1 >= 0 else {
      throw content("accumulators/loss", "is \(loss.0) over \(loss.1), which cannot be a mean")
    }
    (state.accumulators.lossTotal, state.accumulators.lossCount) = loss
    let accuracy = try pair("accumulators/accuracy", of: Int64.self)
    state.accumulators.correct = try nonNegative(accuracy.0, "accumulators/accuracy")
    state.accumulators.count = try nonNegative(accuracy.1, "accumulators/accuracy")
    guard state.accumulators.correct <= state.accumulators.count else {
      throw content(
        "accumulators/accuracy", "is \(accuracy.0) of \(accuracy.1), which cannot be a share")
    }

    if try contains("metrics") { state.metrics = try readMetrics() }
    if try contains("values_json") { state.values = try object("values_json") }
    state.holdsAverages = try integer(averagesName) == 1
    if let epoch = try integer(restoredName) {
      guard (1...Int64(Int32.max)).contains(epoch), epoch <= Int64(state.epoch) else {
        throw content(restoredName, "is \(epoch), but \(state.epoch) epochs are complete")
      }
      state.restoredEpoch = Int(epoch)
    }
    if try contains("changes_json") { state.changes = try readChanges() }
    try readHistory(into: &state)
    try readEnvironment(into: &state)
    return state
  }

  private func object(_ name: String) throws(CheckpointError) -> JSON.Object {
    let text = try converting { () throws(HDF5Error) in
      try group.dataset(at: name).readStrings()
    }
    guard let json = try? JSON(parsing: text.first ?? "") else {
      throw content(name, "is not JSON")
    }
    guard let object = json.object else { throw content(name, "is not an object") }
    return object
  }

  private func readMetrics() throws(CheckpointError) -> [String: [String: [Double]]] {
    var metrics: [String: [String: [Double]]] = [:]
    var total = 0
    for metric in try memberNames(of: "metrics") {
      metrics[metric] = [:]
      for name in try memberNames(of: "metrics/\(metric)") {
        let path = "metrics/\(metric)/\(name)"
        // Check the count before reading: many small links may name the same large dataset.
        let count = try converting { () throws(HDF5Error) in
          try group.dataset(at: path).count ?? 0
        }
        total = total.addingReportingOverflow(count).partialValue
        guard (0...1 << 20).contains(total) else { throw content("metrics", "has too many values") }
        metrics[metric]?[name] = try finite(path)
      }
    }
    return metrics
  }

  private func memberNames(of name: String) throws(CheckpointError) -> [String] {
    let members = try converting { () throws(HDF5Error) in try group.group(at: name).members }
    guard members.count <= 64 else { throw content(name, "has \(members.count) members") }
    for case .unopened(let reason) in members.map(\.kind) {
      throw content(name, "has a member that is not opened: \(reason)")
    }
    return members.map(\.name)
  }

  private func finite(_ name: String) throws(CheckpointError) -> [Double] {
    let values = try values(name, of: Double.self)
    guard values.allSatisfy(\.isFinite) else {
      throw content(name, "holds a value that is not finite")
    }
    return values
  }

  private func readChanges() throws(CheckpointError) -> [RunChange] {
    let text = try converting { () throws(HDF5Error) in
      try group.dataset(at: "changes_json").readStrings()
    }
    let changes = (try? JSON(parsing: text.first ?? ""))?.array?.map(RunChange.init(json:))
    guard let changes, !changes.contains(nil) else {
      throw content("changes_json", "is not a list of changes")
    }
    return changes.compactMap(\.self)
  }

  private func readHistory(into state: inout TrainingState) throws(CheckpointError) {
    for name in try memberNames(of: "history") {
      // Check the count before reading: many small links may name the same large dataset.
      let count = try converting { () throws(HDF5Error) in
        try group.dataset(at: "history/\(name)").count ?? 0
      }
      guard count == state.epoch else {
        throw content("history/\(name)", "has \(count) values for \(state.epoch) epochs")
      }
      guard count <= 1 << 20 else {
        throw content("history/\(name)", "has \(count) values, more than \(1 << 20)")
      }
      state.history[name] = try finite("history/\(name)")
    }
  }

  private func readEnvironment(into state: inout TrainingState) throws(CheckpointError) {
    state.environment = try converting { () throws(HDF5Error) in
      guard try group.contains("environment") else { return [:] }
      let environment = try group.group(at: "environment")
      var facts: [String: String] = [:]
      for name in try environment.attributeNames {
        if case .string(let value)? = try environment.attribute(name) { facts[name] = value }
      }
      return facts
    }
    state.runID = state.environment.removeValue(forKey: runIDName) ?? ""
    state.origin = state.takeOrigin()
    if try contains("environment/log_position") {
      let position = try scalar("environment/log_position", of: Int64.self)
      guard position >= 0, position < 1 << 50 else {
        throw content("environment/log_position", "is \(position), which cannot be a length")
      }
      state.logPosition = Int(position)
    }
    if try contains("environment/epoch_seconds") {
      state.epochSeconds = try values("environment/epoch_seconds", of: Double.self)
    }
  }

  /// An attribute of the state.
  private func integer(_ name: String) throws(CheckpointError) -> Int64? {
    let value = try converting { () throws(HDF5Error) in try group.attribute(name) }
    guard case .int(let integer)? = value else { return nil }
    return integer
  }

  private func contains(_ name: String) throws(CheckpointError) -> Bool {
    try converting { () throws(HDF5Error) in try group.contains(name) }
  }

  private func scalar<Element: DatasetElement>(
    _ name: String, of type: Element.Type
  ) throws(CheckpointError) -> Element {
    guard let value = try values(name, of: type).first else { throw content(name, "is empty") }
    return value
  }

  private func pair<Element: DatasetElement>(
    _ name: String, of type: Element.Type
  ) throws(CheckpointError) -> (Element, Element) {
    let values = try values(name, of: type)
    guard values.count == 2 else { throw content(name, "does not have two elements") }
    return (values[0], values[1])
  }

  private func count(_ name: String) throws(CheckpointError) -> Int {
    try nonNegative(try scalar(name, of: Int64.self), name)
  }

  private func nonNegative(_ value: Int64, _ name: String) throws(CheckpointError) -> Int {
    guard value >= 0, value <= Int64(Int32.max) else {
      throw content(name, "is \(value), which cannot be a count")
    }
    return Int(value)
  }

  private func values<Element: DatasetElement>(
    _ name: String, of type: Element.Type
  ) throws(CheckpointError) -> [Element] {
    let values: [Element]? = try converting { () throws(HDF5Error) in
      let dataset = try group.dataset(at: name)
      // The limit is far above the size of any run and far below the size of memory.
      return (dataset.count ?? 0) <= 1 << 20 ? try dataset.read(as: type) : nil
    }
    guard let values else { throw content(name, "has too many elements") }
    return values
  }

  private func content(_ name: String, _ problem: String) -> CheckpointError {
    .content(path: path, object: "/\(KerasLayout.trainingState)/\(name)", problem: problem)
  }
}

extension TrainingState {
  /// Removes the origin from the environment and returns it.
  fileprivate mutating func takeOrigin() -> RunOrigin? {
    let path = environment.removeValue(forKey: OriginName.path)
    let id = environment.removeValue(forKey: OriginName.runID)
    let step = environment.removeValue(forKey: OriginName.step).flatMap { Int($0) }
    let digest = environment.removeValue(forKey: OriginName.digest)
    if let path, let id, let step {
      return RunOrigin(path: path, content: .run(id: id, step: step))
    }
    if let path, let digest { return RunOrigin(path: path, content: .weights(sha256: digest)) }
    return nil
  }
}

/// The dataset with the number of optimizer steps, if they are counted apart.
private let countedIterationsName = "optimizer_iterations"

/// The attribute that says that the weights are moving averages.
private let averagesName = "weights_are_averages"

/// The attribute with the epoch whose weights were restored.
private let restoredName = "restored_epoch"

/// The group of the weights that a run keeps beside those of the model.
let keptWeightsName = "kept_weights"

/// The attribute of the environment with the run ID.
private let runIDName = KerasLayout.runID

/// The attributes of the environment with the origin of a run.
private enum OriginName {
  static let path = "origin_path"
  static let runID = "origin_run_id"
  static let step = "origin_step"
  static let digest = "origin_sha256"
}
