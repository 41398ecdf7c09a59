import Checkpoints
import HDF5

/// Where a file keeps the variables of its layers, in any of the layouts that Keras has had.
enum WeightLayout: Equatable {
  /// `<group>/vars/0`, `<group>/vars/1`, … as in Keras 3; the paths of the groups.
  case variables([String])

  /// `<root>/<layer>/<weight name>` with lists of names in attributes, as in Keras 2.
  case legacy(root: String)
}

extension Inspector {
  /// Finds out which layout the file has; `nil` if it has none.
  func weightLayout() throws(CheckpointError) -> WeightLayout? {
    try Checkpoints.reading { () throws(HDF5Error) in
      if try checkpoint.file.contains("layers") {
        let names = try groups(in: checkpoint.file.group(at: "layers"))
        return .variables(names.map { "layers/\($0)" })
      }
      if try checkpoint.file.contains("model_weights") { return .legacy(root: "model_weights") }
      if try checkpoint.file.root.attributeNames.contains(where: {
        $0 == "layer_names" || $0 == "layer_names0"
      }) {
        return .legacy(root: "")
      }
      // The weights of a model that was written as a class: its attributes are at the root.
      var names: [String] = []
      for name in try groups(in: checkpoint.file.root) where name != "optimizer" && name != "vars" {
        if try checkpoint.file.contains("\(name)/vars") { names.append(name) }
      }
      return names.isEmpty ? nil : .variables(names)
    }
  }

  private func groups(in group: borrowing Group) throws(HDF5Error) -> [String] {
    try group.members.filter { $0.kind == .group }.map(\.name)
  }
}
