import JSON

extension JSON {
  /// The options of Keras's layers that are extents of tensors.
  private static let extents: Set<String> = [
    "batch_input_shape", "batch_shape", "cropping", "depth_multiplier", "dilation_rate", "filters",
    "height", "hidden_dim", "input_dim", "input_length", "input_shape", "intermediate_dim",
    "kernel_size", "key_dim", "max_tokens", "n", "num_bins", "num_heads", "num_tokens",
    "output_dim", "padding", "pool_size", "sequence_length", "size", "strides", "target_shape",
    "units", "value_dim", "vocabulary_size", "width",
  ]

  /// The largest extent, and the largest product of two extents, of a layer that is not suspicious:
  /// a tensor of 64 GiB.
  private static let limit = (extent: 0x1p31, product: 0x1p34)

  /// The layers of a config of a model whose options mean tensors larger than any memory, whether
  /// their classes are supported or not.
  var sizeSuspicions: [Suspicion] {
    guard let layers = self["config"]?["layers"]?.array ?? self["config"]?.array else { return [] }
    return layers.flatMap { layer -> [Suspicion] in
      let inner = layer.sizeSuspicions
      guard let options = layer["config"]?.object else { return inner }
      var found: [(key: String, value: Double)] = []
      for (key, value) in options where Self.extents.contains(key) {
        found += value.numbers.map { (key, $0) }
      }
      found.sort { $0.value > $1.value }
      guard let first = found.first else { return inner }
      let second = found.dropFirst().first ?? (first.key, 1)
      guard first.value > Self.limit.extent || first.value * second.value > Self.limit.product
      else { return inner }
      let keys = first.key == second.key ? "'\(first.key)'" : "'\(first.key)' and '\(second.key)'"
      return inner + [
        Suspicion(
          .modelBomb, "'\(options["name"]?.string ?? layer["class_name"]?.string ?? "?")'",
          "its options \(keys) mean a tensor larger than any memory")
      ]
    }
  }

  /// The options of Keras's metrics that are extents of tables, with the largest that are not
  /// suspicious; `MeanIoU` has a number for each pair of classes.
  private static let tableExtents = ["num_classes": 0x1p17, "num_thresholds": 0x1p24]

  /// The metrics of a compile config that Keras could not make in any memory.
  var metricSuspicions: [Suspicion] {
    switch self {
    case .array(let elements): return elements.flatMap(\.metricSuspicions)
    case .object(let members):
      return members.flatMap { key, value in
        guard let limit = Self.tableExtents[key], value.number ?? 0 > limit else {
          return value.metricSuspicions
        }
        return [
          Suspicion(
            .modelBomb, "the configuration",
            "the option '\(key)' of a metric means a table larger than any memory")
        ]
      }
    default: return []
    }
  }

  /// The numbers in the value, which may be a list of lists.
  private var numbers: [Double] {
    array.map { $0.flatMap(\.numbers) } ?? number.map { [$0] } ?? []
  }
}
