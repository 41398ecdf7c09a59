import Files
import HDF5
import JSON
import NeuralNetwork
import Tensors

/// A safetensors file: weights under the names of layers and variables, such as `conv1/kernel`.
///
/// Its metadata describe the model as Keras does. Other safetensors files are opened as plain
/// tensors.
package enum SafetensorsFormat {
  /// The keys of the metadata.
  private enum Key {
    static let format = "format"
    static let kerasVersion = "keras_version"
    static let config = "config"
    static let pictureConfig = "picture_config"
    static let runID = "run_id"
  }

  /// Where the description of the model is, for errors.
  static let placeOfConfig = "'\(Key.config)' in its __metadata__"

  /// The maximum size of a file.
  private static let sizeLimit = 4 << 30
}

extension SafetensorsFormat: WritableModelFormat {
  package static var holdsOptimizer: Bool { false }

  package static func losses(of contents: ModelContents) -> [String] { contents.lostInExports }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    var writer = SafetensorsWriter()
    let tensors = contents.namedTensors
    for (name, variable) in zip(tensors.map(\.name).unique, tensors.map(\.variable)) {
      try writer.add(name, variable)
    }
    var metadata = [
      Key.format: "cairn", Key.kerasVersion: KerasLayout.kerasVersion,
      Key.config: try contents.archiveConfig(),
    ]
    metadata[Key.pictureConfig] = contents.pictures?.json.text
    metadata[Key.runID] = contents.runID
    return .bytes(writer.finish(metadata: metadata))
  }
}

extension SafetensorsFormat: ModelFormat {
  static func open(
    _ file: DiskFile, head: [UInt8], named path: String, limits: Limits, ignoresSeal: Bool
  ) throws(CheckpointError) -> Container? {
    guard SafetensorsHeader.begins(head) else { return nil }
    let header = try SafetensorsHeader(of: file, named: path)
    guard file.size <= sizeLimit else {
      throw .content(
        path: path, object: "safetensors header",
        problem: "describes \(file.size) bytes, more than the limit of \(sizeLimit)")
    }
    let image = try image(of: header, in: file, named: path)
    let part: CheckpointFile.Part
    do throws(HDF5Error) {
      part = CheckpointFile.Part(path, try File.open(image, named: path, limits: limits))
    } catch {
      throw .file(error)
    }
    let version = header.metadata[Key.kerasVersion].map {
      JSON.object(["keras_version": .string($0)]).text
    }
    return Container(
      .safetensors, size: file.size, [part],
      configuration: header.metadata[Key.config], metadata: version)
  }

  /// The tensors as an HDF5 file whose elements stay where they are, in Keras's tree of layers if
  /// the metadata describe the model, and otherwise under their own names.
  private static func image(
    of header: SafetensorsHeader, in file: DiskFile, named path: String
  ) throws(CheckpointError) -> any FileSource {
    let writer = try converting { () throws(HDF5Error) in
      try File.create(metadataSize: header.metadataSize)
    }
    let places = try places(of: header, writer.root)
    try converting { () throws(HDF5Error) in
      if let config = header.metadata[Key.pictureConfig] {
        try writer.root.write(config, to: KerasLayout.pictureConfig)
      }
      if let runID = header.metadata[Key.runID] {
        try writer.root.setAttribute(KerasLayout.runID, .string(runID))
      }
    }
    var taken: Set<String> = [KerasLayout.pictureConfig]
    for tensor in header.tensors {
      let place = places[tensor.name] ?? tensor.name
      guard taken.insert(place).inserted else {
        throw .content(path: path, object: tensor.name, problem: "has the name of another object")
      }
      do throws(HDF5Error) {
        try writer.root.outline(
          tensor.type.elementType, shape: tensor.shape, elementsAt: tensor.range.lowerBound,
          to: place)
      } catch {
        throw .content(
          path: path, object: tensor.name, problem: "cannot be read: \(error.cause)")
      }
    }
    do throws(HDF5Error) { return try writer.finish(elementsIn: file) } catch {
      throw .file(error)
    }
  }

  /// The paths of the tensors in Keras's tree of layers, by name.
  ///
  /// A tensor that the model lacks gets a layer of its own, so that it is reported.
  private static func places(
    of header: SafetensorsHeader, _ root: borrowing GroupWriter
  ) throws(CheckpointError) -> [String: String] {
    guard let text = header.metadata[Key.config], let config = try? JSON(kerasConfig: text),
      let architecture = try? Architecture(
        kerasConfig: config, kerasVersion: header.metadata[Key.kerasVersion])
    else { return [:] }
    let model = architecture.makeModel()
    guard let plan = try? model.plan(inputShapes: architecture.inputShapes) else { return [:] }
    let layers = ModelWeights(model, plan).layers
    let paths = layers.flatMap { layer in
      layer.weights.map { "\(layer.path)/\($0.place)" }
    }
    let names = layers.flatMap { $0.weights.map(\.name) }.unique
    try converting { () throws(HDF5Error) in
      for layer in layers {
        let name = layer.name.split(separator: "/").last.map(String.init) ?? layer.name
        try root.createGroup("\(layer.path)/vars").setAttribute("name", .string(name))
      }
    }
    var places = Dictionary(zip(names, paths)) { first, _ in first }
    for tensor in header.tensors where places[tensor.name] == nil {
      places[tensor.name] = "/layers/\(tensor.name)/vars/0"
    }
    return places
  }
}

extension ModelContents {
  /// The variables with the names of their layers in the config, such as `encoder/dense/kernel`.
  var namedTensors: [(name: String, variable: VariableContents)] {
    Self.named(layers, architecture)
  }

  private static func named(
    _ layers: [LayerContents], _ architecture: Architecture?
  ) -> [(name: String, variable: VariableContents)] {
    let names = architecture?.layerNames(.archive) ?? layers.map(\.name)
    return zip(layers, names).enumerated().flatMap { index, entry in
      let (layer, name) = entry
      let model = architecture?.layers[index] as? GraphModel
      let inner = named(layer.layers, model.flatMap(Architecture.init(unbuilt:)))
      return (layer.variables.map { ($0.name, $0) } + inner).map { ("\(name)/\($0.0)", $0.1) }
    }
  }
}

extension Container {
  /// The tensors of a safetensors file without a model, by name.
  func tensors() throws(CheckpointError) -> [StoredVariable] {
    func add(
      _ group: borrowing Group, _ prefix: String, to tensors: inout [StoredVariable]
    ) throws(HDF5Error) {
      for member in try group.members {
        switch member.kind {
        case .group:
          try add(group.group(at: member.name), "\(prefix)\(member.name)/", to: &tensors)
        case .dataset:
          let dataset = try group.dataset(at: member.name)
          tensors.append(try StoredVariable(prefix + member.name, dataset, part: 0))
        default: break
        }
      }
    }
    return try converting { () throws(HDF5Error) in
      var tensors: [StoredVariable] = []
      try add(file.root, "", to: &tensors)
      return tensors
    }
  }
}

extension [String] {
  /// The names, with a number after each that was there before.
  var unique: [String] {
    var taken: Set<String> = []
    return map { name in
      var (unique, count) = (name, 1)
      while !taken.insert(unique).inserted {
        unique = "\(name)_\(count)"
        count += 1
      }
      return unique
    }
  }
}
