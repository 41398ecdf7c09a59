import CheckpointStore
import Checkpoints
import Console
import Inspection
import JSON
import ModelFiles

extension Page {
  /// The default view: the kind of file, the model, the optimizer and the run; all objects for a
  /// file without a model.
  func summary(_ report: Report, _ tree: ObjectList? = nil) -> String {
    var sections = [title(report)]
    let isOurs = if case .cairn = report.kind { true } else { false }
    if let model = report.model { sections.append(section(model, isOurs: isOurs)) }
    if let pictures = report.pictures { sections.append(section(pictures)) }
    if let optimizer = report.optimizer { sections.append(section(optimizer)) }
    if let training = report.training {
      sections.append(section(training, report.schedule))
    }
    if let tree { sections.append(self.tree(tree)) }
    if !report.problems.isEmpty {
      sections.append(
        report.problems.map { "\(terminal.styled("Problem:", .yellow)) \(escaped($0))\n" }.joined())
    }
    if report.model != nil || report.training != nil {
      sections.append(
        "\(heading("Resumable:")) \(escaped("\(report.resumability)"))\n"
          + "\(heading("Sealed:")) \(escaped(sealWords(report, isOurs: isOurs)))\n")
    }
    return sections.joined(separator: "\n")
  }

  /// The title, such as `ckpt.h5: Cairn checkpoint (format 1), Keras 3.15.1, 31.73 MB`.
  func title(_ report: Report) -> String {
    let facts =
      ["\(report.kind)"]
      + (report.kerasVersion.map { ["Keras \($0)"] } ?? []) + [Format.bytes(report.size)]
    return "\(heading(report.path)): \(escaped(facts.joined(separator: ", ")))\n"
  }

  private func section(_ model: ModelReport, isOurs: Bool) -> String {
    var title = heading("Model")
    if let name = model.name { title += " \(escaped(name))" }
    if let className = model.className {
      // The class in Keras, whatever the Swift class is.
      title += " (\(escaped(className))\(isOurs ? " in Keras" : ""))"
    }
    if model.inputs.count > 1 || model.outputNames.count > 1 {
      let inputs = model.inputs.map { "\(escaped($0.name)) \(shape($0.shape))" }
      title += "\n" + items("inputs", inputs) + items("outputs", model.outputNames)
      if title.hasSuffix("\n") { title.removeLast() }
    } else if let shape = model.inputShape {
      title += ", input \(self.shape(shape))"
    }
    let flops = model.flops
    var table = Table(
      [.init("layer"), .init("type"), .init("output")]
        + (flops == nil ? [] : [.init("FLOPs", .right)])
        + [.init("parameters", .right), .init("size", .right), .init("dtype")])
    for layer in model.layers {
      let operations = layer.flops.map { $0 > 0 ? Format.scaled($0) : "" } ?? ""
      table.addRow(
        [layer.name, layer.className ?? "?", layer.outputShape.map(shape) ?? "?"]
          + (flops == nil ? [] : [operations])
          + [
            Format.grouped(layer.parameterCount),
            layer.byteCount > 0 ? Format.bytes(layer.byteCount) : "",
            layer.elementTypes.joined(separator: ", "),
          ])
    }
    table.addRule()
    table.addRow(
      ["total", "", ""] + (flops.map { [Format.scaled($0)] } ?? [])
        + [Format.grouped(model.parameterCount), Format.bytes(model.byteCount), ""],
      style: .bold)
    let note = model.configurationProblem.map { "\(escaped($0)).\n" } ?? ""
    return title + "\n" + table.rendered(for: terminal) + note
  }

  private func section(_ pictures: PictureConfig) -> String {
    var text = heading("Pictures") + "\n"
    let names = pictures.classNames
    if !names.isEmpty {
      let rest = names.count > 20 ? ["and \(names.count - 20) more"] : []
      text += items("classes", names.prefix(20) + rest)
    }
    if let name = pictures.rejectedClass { text += items("rejected", [name]) }
    if let rejection = pictures.rejection {
      text += items(
        "calibrated",
        [
          "temperature \(Format.fixed(rejection.temperature, decimals: 4))",
          "rejected below \(rejection.score) \(Format.fixed(rejection.threshold, decimals: 4))",
        ])
    }
    if let fit = pictures.fit { text += items("fit", [fit]) }
    return text
      + items(
        "values",
        [
          pictures.pixelRange.map { "bytes in the range \($0)" }
            ?? (pictures.scalesBytes ? "bytes / 255" : "as in the data")
        ])
  }

  private func section(_ optimizer: OptimizerReport) -> String {
    var text =
      "\(heading("Optimizer")) \(escaped(optimizer.className ?? "of an unknown class")): "
      + "\(Format.count(optimizer.parameterCount, "parameter")) "
      + "(\(Format.bytes(optimizer.byteCount))) "
      + "in \(Format.count(optimizer.variables.count, "variable"))\n"
    var state: [String] = []
    if let iteration = optimizer.iteration {
      state.append("iteration \(Format.grouped(iteration))")
    }
    if let rate = optimizer.learningRate { state.append("learning rate \(rate)") }
    if !state.isEmpty { text += items("state", state) }
    if let schedule = optimizer.schedule {
      let parameters = (schedule["config"]?.object ?? [:]).filter { $0.value != .null }
      text += items(
        "schedule",
        [schedule["class_name"]?.string ?? "?"]
          + parameters.sorted { $0.key < $1.key }.map { "\($0) \(plain($1))" })
    }
    let options = optimizer.options.sorted { $0.key < $1.key }.filter {
      $0.value != .null && (optimizer.schedule == nil || $0.key != "learning_rate")
    }
    if !options.isEmpty { text += items("options", options.map { "\($0) \(plain($1))" }) }
    return text
  }

  /// The value of a setting; of a model that the settings describe, its class and its name.
  private func words(_ setting: JSON) -> String {
    guard let className = setting["class_name"]?.string,
      let name = setting["config"]?["name"]?.string
    else { return plain(setting) }
    return plain(.string("\(className) \(name)"))
  }

  private func section(_ training: TrainingState, _ schedule: ScheduleReport?) -> String {
    var text = heading("Training") + "\n"
    var place = ["\(Format.count(training.epoch, "epoch")) done"]
    if training.stepInEpoch > 0 {
      place.append("\(Format.count(training.stepInEpoch, "step")) of epoch \(training.epoch + 1)")
    }
    place.append("\(Format.count(training.globalStep, "step")) in all")
    text += items("place", place)
    text += items("seed", ["\(training.seed)"])
    var weights: [String] = training.holdsAverages ? ["moving averages"] : []
    if let epoch = training.restoredEpoch { weights.append("restored from epoch \(epoch)") }
    if !weights.isEmpty { text += items("weights", weights) }
    // These are printed on lines of their own.
    let others: Set = ["data_sha256", "seed", "image_shape", "classes"]
    let recipe = training.settings.sorted { $0.key < $1.key }.filter { !others.contains($0.key) }
    if !recipe.isEmpty { text += items("recipe", recipe.map { "\($0) \(words($1))" }) }
    if let schedule, !schedule.isConstant { text += items("schedule", words(schedule)) }
    if !training.changes.isEmpty {
      text += items("changes", training.changes.map(words))
    }
    if let origin = training.origin { text += items("origin", words(origin)) }
    let position = training.dataPosition
    let digest = truncated(escaped(training.dataDigest), to: 16, unicode: terminal.usesUnicode)
    text += items(
      "data",
      pictures(training.settings) + [
        "SHA-256 \(digest)",
        "\(Format.count(position.elements, "element")) into pass \(position.iteration + 1)",
      ])
    if !training.environment.isEmpty {
      text += items(
        "made with",
        training.environment.sorted { $0.key < $1.key }.map { "\($0) \($1)" })
    }
    if training.epoch > 0 { text += "\n" + history(training) }
    return text
  }

  /// The size of the pictures and the number of classes, unless they are those of MNIST.
  private func pictures(_ settings: JSON.Object) -> [String] {
    let extents = settings["image_shape"]?.array?.compactMap(\.integer).map(String.init) ?? []
    return (extents.isEmpty ? [] : ["pictures of \(extents.joined(separator: " x "))"])
      + (settings["classes"]?.integer.map { ["\(Format.grouped($0)) classes"] } ?? [])
  }

  /// One line per epoch; only the last epochs of a long run.
  private func history(_ training: TrainingState) -> String {
    let known = ["loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"]
    let names =
      known.filter { training.history[$0] != nil }
      + training.history.keys.filter { !known.contains($0) }.sorted()
    guard !names.isEmpty else { return "" }
    let hasSeconds = training.epochSeconds.count == training.epoch
    var table = Table(
      (["epoch"] + names + (hasSeconds ? ["time"] : [])).map { .init($0, .right) })
    let first = max(0, training.epoch - 20)
    for epoch in first..<training.epoch {
      let values = names.map { name in
        guard let list = training.history[name], list.indices.contains(epoch) else { return "" }
        return name.hasSuffix("accuracy")
          ? Format.percent(list[epoch]) : Format.fixed(list[epoch], decimals: 4)
      }
      let time = hasSeconds ? [Format.duration(training.epochSeconds[epoch])] : []
      table.addRow(["\(epoch + 1)"] + values + time)
    }
    let note = first > 0 ? "--json also lists the \(Format.count(first, "epoch")) before.\n" : ""
    return table.rendered(for: terminal) + note
  }

  /// A schedule with its parameters, such as `cosine from 0.001`, `over 5 epochs`.
  private func words(_ schedule: ScheduleReport) -> [String] {
    var words = ["\(schedule.name) from \(plain(schedule.learningRate))"]
    if let epochs = schedule.epochs { words.append("over \(Format.count(epochs, "epoch"))") }
    if let warmup = schedule.warmup { words.append("warmup \(warmup)") }
    if let plateau = schedule.plateau {
      words.append("reduced on plateau (\(plain(.object(plateau))))")
    }
    if let rate = schedule.current { words.append("now \(rate)") }
    return words
  }

  private func words(_ change: RunChange) -> String {
    // A schedule is shown as its class name only.
    func shown(_ value: JSON) -> String { value["class_name"]?.string ?? plain(value) }
    return
      "\(change.name) from \(shown(change.from)) to \(shown(change.to)) as of step \(change.step)"
  }

  private func words(_ origin: RunOrigin) -> [String] {
    switch origin.content {
    case .run(_, let step): [origin.path, Format.count(step, "step")]
    case .weights(let digest):
      [
        origin.path,
        "SHA-256 \(truncated(escaped(digest), to: 16, unicode: terminal.usesUnicode))",
      ]
    }
  }

  private func sealWords(_ report: Report, isOurs: Bool) -> String {
    switch report.seal {
    case .sealed: "yes; --verify compares all bytes with the seal"
    case .unsealed where report.format != .hdf5:
      "no, as only HDF5 files have a seal; --verify checks what can be checked"
    case .unsealed where isOurs: "no longer: another program has written the file since"
    case .unsealed: "no, as files of other programs; --verify checks what can be checked"
    case .broken(let reason): "no: \(reason)"
    }
  }

  /// A value of a config on one line: strings are unquoted, and objects of Keras look like calls.
  private func plain(_ json: JSON) -> String {
    switch json {
    case .string(let text): return text
    case .array(let values): return "[\(values.map(plain).joined(separator: ", "))]"
    case .object(let members):
      if let name = json["class_name"]?.string, let config = json["config"] {
        return "\(name)(\(config.object == nil ? "" : plain(config)))"
      }
      return members.filter { $0.value != .null }.sorted { $0.key < $1.key }
        .map { "\($0)=\(plain($1))" }.joined(separator: ", ")
    default: return json.indentedText
    }
  }
}
