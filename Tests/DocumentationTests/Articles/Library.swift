import Cairn

func variables(of path: String) throws -> [String] {
  let file = try CheckpointFile(opening: path)
  let layers = try file.storedWeights()?.layers ?? []
  return layers.flatMap(\.variables).map { "\($0.path) \($0.shape) \($0.elementType)" }
}
