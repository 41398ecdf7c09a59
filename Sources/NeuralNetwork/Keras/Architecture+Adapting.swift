import JSON
import Tensors
import Threads

extension Architecture {
  /// Returns the classifier with another number of classes.
  ///
  /// The head is the last layer with weights; it gets as many units or filters as there are
  /// classes, and a softmax in place of an activation that is neither linear nor a softmax. Layers
  /// before it are shared with this architecture.
  ///
  /// - Parameter count: The number of classes, at least 1.
  /// - Returns: The architecture; its layers are built, with weights of zero.
  /// - Throws: ``KerasError`` if the model has no such head, or its layers do not support their
  ///   input shapes.
  package func withClasses(_ count: Int) throws(KerasError) -> Architecture {
    let weighted = Set(
      try plan().filter { !$0.weights.isEmpty }.map { ObjectIdentifier($0.layer) })
    let model = try replacingHead(classes: count, weighted).makeModel()
    try checkMemory(of: model)
    do throws(ShapeError) {
      // Weights of zero take no memory, because their pages are never written.
      for plan in try model.plan(inputShapes: inputShapes) {
        plan.layer.adopt(plan.weights.map { Tensor(zeros: $0.shape) }, as: plan.weights)
      }
      try model.finishBuilding(inputShapes: inputShapes)
    } catch {
      throw .shape(error)
    }
    guard let adapted = Architecture(model) else { throw .malformed("it has no graph of layers") }
    return adapted
  }

  /// Throws if the weights alone take more memory than there is.
  private func checkMemory(of model: GraphModel) throws(KerasError) {
    let bytes: Double
    do throws(ShapeError) { bytes = 4 * (try model.cost(inputShapes: inputShapes).weights) } catch {
      throw .shape(error)
    }
    guard let available = AvailableMemory.bytes(), bytes > Double(available) else { return }
    throw .excessive(
      "its weights take \(Int(min(bytes / 0x1p20, 0x1p62))) MiB, and \(available >> 20) MiB are "
        + "available")
  }

  /// The architecture with another head; `weighted` are the layers with weights.
  private func replacingHead(
    classes: Int, _ weighted: Set<ObjectIdentifier>
  ) throws(KerasError) -> Architecture {
    let noHead = KerasError.malformed(
      "its last layer with weights has no units or filters, one for each class")
    var replacements: [ObjectIdentifier: [Layer]] = [:]
    var source = graph.output
    var passed: [Layer] = []
    while true {
      guard case .call(let index, _) = source else { throw noHead }
      let layer = graph.calls[index].layer
      if let inner = layer as? GraphModel {
        guard let description = Architecture(unbuilt: inner) else { throw noHead }
        let model = try description.replacingHead(classes: classes, weighted).makeModel()
        model.inputShapes = inner.inputShapes
        model.isTrainable = inner.isTrainable
        replacements[ObjectIdentifier(layer)] = [model]
        break
      }
      if let head = try Architecture.head(layer, classes: classes) {
        let old = (layer.config["units"] ?? layer.config["filters"])?.integer
        replacements[ObjectIdentifier(layer)] = [head]
        for layer in passed {
          if let other = try Architecture.following(layer, old: old, classes: classes) {
            replacements[ObjectIdentifier(layer)] = [other]
          }
        }
        break
      }
      guard graph.calls[index].inputs.count == 1, !weighted.contains(ObjectIdentifier(layer))
      else { throw noHead }
      passed.append(layer)
      source = graph.calls[index].inputs[0]
    }
    return replacing(graph: graph.replacing(replacements))
  }

  /// The head for some classes in place of a layer; `nil` if the layer has no units or filters.
  private static func head(_ layer: Layer, classes: Int) throws(KerasError) -> Layer? {
    guard let key = ["units", "filters"].first(where: { layer.config[$0]?.integer != nil }) else {
      return nil
    }
    return try layer.replacing { config in
      config[key] = .integer(classes)
      replaceActivation(&config)
    }
  }

  /// A layer without weights that follows the head, for another number of classes; `nil` if it can
  /// stay.
  private static func following(
    _ layer: Layer, old: Int?, classes: Int
  ) throws(KerasError) -> Layer? {
    if let reshape = layer as? Reshape {
      let target = reshape.targetShape.map { $0 == old ? classes : $0 }
      return try layer.replacing { $0["target_shape"] = .array(target.map(JSON.integer)) }
    }
    guard layer.config["activation"] != nil else { return nil }
    return try layer.replacing(with: replaceActivation)
  }

  private static func replaceActivation(_ config: inout JSON.Object) {
    let kept: [ActivationFunction] = [.linear, .softmax, .logSoftmax]
    guard let name = config["activation"]?.string, !kept.map(\.rawValue).contains(name) else {
      return
    }
    config["activation"] = .string(ActivationFunction.softmax.rawValue)
  }
}

extension Layer {
  /// The same layer with other options, unbuilt.
  fileprivate func replacing(
    with change: (inout JSON.Object) -> Void
  ) throws(KerasError) -> Layer {
    var config = config
    change(&config)
    config["name"] = .string(name)
    let layer = try Layer.make(className: type(of: self).className, config: .object(config))
    layer.keptOptions = keptOptions
    layer.penalizesAsKeras2 = penalizesAsKeras2
    layer.isTrainable = isTrainable
    return layer
  }
}
