import Checkpoints
import Console
import Inspection
import NeuralNetwork

extension Report {
  /// For each path of a variable what it is, such as `conv1/kernel`.
  var roles: [String: String] {
    let variables = (model?.layers.flatMap(\.variables) ?? []) + (optimizer?.variables ?? [])
    return Dictionary(variables.map { ($0.path, $0.role) }) { first, _ in first }
  }

  /// The report as a person reads it.
  func text(for terminal: Terminal) -> String {
    var sections = [head(for: terminal)]
    if let model { sections.append(text(of: model, for: terminal)) }
    if let optimizer { sections.append(text(of: optimizer, for: terminal)) }
    if let training { sections.append(text(of: training, for: terminal)) }
    if model == nil {
      sections.append("There is no model in the file; --raw lists what there is.\n")
    }
    return sections.joined(separator: "\n")
  }

  private func head(for terminal: Terminal) -> String {
    let what =
      switch kind {
      case .cairn(let format): "Cairn checkpoint, format \(format)"
      case .kerasWeights: "Keras 3 weights"
      case .kerasModel: "Keras model"
      case .kerasLegacyWeights: "Keras 2 weights"
      case .hdf5: "HDF5 file"
      }
    let version = kerasVersion.map { ", Keras layout \(escaped($0))" } ?? ""
    var text =
      terminal.styled(escaped(path), .bold) + ": \(what)\(version), \(Format.bytes(size))\n"
    switch resumability {
    case .yes:
      let place =
        training.map {
          $0.stepInEpoch == 0
            ? "after epoch \($0.epoch)"
            : "in epoch \($0.epoch + 1), after \(Format.grouped($0.stepInEpoch)) steps"
        } ?? ""
      text += "resumable: yes, \(place)\n"
    case .no(let reason):
      text += "resumable: no, \(escaped(reason))\n"
    }
    return text
  }

  private func text(of model: ModelReport, for terminal: Terminal) -> String {
    var text = terminal.styled("Model", .bold)
    if let name = model.name { text += " \"\(escaped(name))\"" }
    if let inputShape = model.inputShape { text += ", input \(inputShape)" }
    text += "\n"
    if let problem = model.configurationProblem { text += "  (\(escaped(problem)))\n" }
    var table = Table([
      .init("layer"), .init("type"), .init("output"), .init("parameters", .right),
      .init("size", .right),
    ])
    for layer in model.layers {
      table.addRow([
        layer.name, layer.className ?? "–", layer.outputShape.map { "\($0)" } ?? "–",
        Format.grouped(layer.parameterCount), Format.bytes(layer.bytes),
      ])
    }
    table.addRule()
    table.addRow([
      "total", "", "", Format.grouped(model.parameterCount), Format.bytes(model.bytes),
    ])
    return text + table.rendered(for: terminal)
  }

  private func text(of optimizer: OptimizerReport, for terminal: Terminal) -> String {
    var text =
      terminal.styled("Optimizer", .bold) + " \(escaped(optimizer.className ?? "unknown")), "
    text += "\(Format.grouped(optimizer.parameterCount)) parameters "
    text += "(\(Format.bytes(optimizer.bytes)))\n"
    var facts: [String] = []
    if let iteration = optimizer.iteration {
      facts.append("iteration \(Format.grouped(iteration))")
    }
    if let rate = optimizer.learningRate { facts.append("learning_rate \(rate)") }
    for (name, value) in optimizer.options.sorted(by: { $0.key < $1.key })
    where name != "name" && name != "learning_rate" && value != .null {
      facts.append("\(name) \(value.text)")
    }
    return text + "  \(escaped(facts.joined(separator: ", ")))\n"
  }

  private func text(of training: TrainingState, for terminal: Terminal) -> String {
    var text = terminal.styled("Training", .bold) + " step \(Format.grouped(training.globalStep)), "
    text += "\(Format.grouped(training.epoch)) epochs complete, seed \(training.seed)\n"
    let settings = training.settings.sorted { $0.key < $1.key }.map { name, value in
      let shown = value.string ?? value.text
      return "\(name) \(shown.count > 24 ? shown.prefix(12) + "…" : shown[...])"
    }
    text += "  \(escaped(settings.joined(separator: ", ")))\n"
    guard training.epoch > 0 else { return text }
    let names = training.history.keys.sorted { rank($0) < rank($1) }
    var table = Table([.init("epoch", .right)] + names.map { .init($0, .right) })
    for epoch in 0..<training.epoch {
      table.addRow(
        ["\(epoch + 1)"]
          + names.map { name in
            let value = training.history[name]?[epoch] ?? .nan
            return name.hasSuffix("accuracy")
              ? Format.percent(value) : Format.fixed(value, decimals: 4)
          })
    }
    return text + table.rendered(for: terminal)
  }

  /// The order of the tutorial's line: what is known first, then by name.
  private func rank(_ name: String) -> String {
    let known = ["loss", "accuracy", "test_loss", "test_accuracy"]
    return known.firstIndex(of: name).map { "\($0)" } ?? "9\(name)"
  }
}
