import JSON

extension JSON {
  /// The classes of Keras whose options are code, or the path of a program.
  private static let codeClasses: [String: String] = [
    "Lambda": "a Lambda, whose option is Python code", "__lambda__": "a lambda of Python code",
    "TorchModuleWrapper": "a TorchModuleWrapper, which unpickles an object",
    "TFSMLayer": "a TFSMLayer, which loads a program from another file",
    "JaxLayer": "a JaxLayer, which calls a function", "FlaxLayer": "a FlaxLayer",
    "TensorFlowOpLayer": "a TensorFlowOpLayer, which runs any operation of TensorFlow",
  ]

  /// The classes of tf_keras that call the function of TensorFlow which their option names.
  private static let callers: Set<String> = [
    "TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty",
  ]

  /// The modules of TensorFlow whose functions only compute.
  private static let computing = ["__operators__.", "image.resize", "linalg.", "math.", "nn."]

  /// The modules whose classes Keras makes without asking the user.
  private static let modules = ["keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"]

  /// The suspicious parts of a config of a model or of its compilation.
  ///
  /// - Parameter owner: What is named as the place of parts outside of layers.
  /// - Returns: The parts in the order of the text.
  func suspicions(in owner: String = "the configuration") -> [Suspicion] {
    switch self {
    case .array(let values): return values.flatMap { $0.suspicions(in: owner) }
    case .string(let text):
      // The first bytes of a pickle of protocol 2 to 5, and of marshalled code, in base 64.
      let beginnings = ["gAJ", "gAN", "gAR", "gAS", "gAV", "gAW", "4wAAAA", "4wEAAAA"]
      let isCode = beginnings.contains { text.hasPrefix($0) }
      return isCode && text.utf8.count >= 24
        ? [Suspicion(.code, owner, "holds a pickled or marshalled object")] : []
    case .object(let members): return Self.suspicions(of: members, owner)
    default: return []
    }
  }

  private static func suspicions(of members: JSON.Object, _ owner: String) -> [Suspicion] {
    var found: [Suspicion] = []
    var owner = owner
    if let className = members["class_name"]?.string {
      let config = members["config"]
      if let name = config?["name"]?.string ?? members["name"]?.string { owner = "'\(name)'" }
      found += suspicions(ofClass: className, members, owner)
      if let name = members["name"]?.string ?? config?["name"]?.string,
        let reason = name.suspiciousName
      {
        found.append(Suspicion(.name, owner, reason.text, isDangerous: reason.isDangerous))
      }
    }
    for (key, value) in members {
      if ["vocabulary", "filepath", "path", "url", "filename", "file_path"].contains(key),
        let text = value.string, text.contains("/") || text.contains("\\")
      {
        found.append(Suspicion(.path, owner, "its option '\(key)' names the file '\(text)'"))
      }
      if let end = ends[key] { found += value.suspiciousNames(of: "\(end) of \(owner)") }
      found += value.suspicions(in: owner)
    }
    return found
  }

  /// The keys of the inputs and outputs of a model.
  private static let ends = ["input_layers": "an input", "output_layers": "an output"]

  /// The names in a dictionary of inputs or outputs that are paths or have control characters.
  private func suspiciousNames(of owner: String) -> [Suspicion] {
    (object ?? [:]).compactMap { name, _ in
      name.suspiciousName.map { Suspicion(.name, owner, $0.text, isDangerous: $0.isDangerous) }
    }
  }

  private static func suspicions(
    ofClass className: String, _ members: JSON.Object, _ owner: String
  ) -> [Suspicion] {
    var found: [Suspicion] = []
    let plainName = className.split(separator: ">").last.map(String.init) ?? className
    if let reason = codeClasses[plainName] { found.append(Suspicion(.code, owner, "is \(reason)")) }
    if callers.contains(plainName) {
      let function = members["config"]?["function"]?.string ?? "?"
      found.append(
        Suspicion(
          .code, owner, "is a \(plainName), which calls the function '\(function)' of TensorFlow",
          isDangerous: !computing.contains { function.hasPrefix($0) }))
    }
    let module = members["module"]?.string
    if let module, module != "builtins",
      !modules.contains(where: { module == $0 || module.hasPrefix($0 + ".") })
    {
      found.append(
        Suspicion(.module, owner, "is '\(className)' of the module '\(module)', not of Keras"))
    } else if className == "function", module == "builtins" || module == nil {
      let name = members["config"]?.string ?? members["config"]?["name"]?.string ?? "?"
      found.append(
        Suspicion(.custom, owner, "is the user's own function '\(name)'", isDangerous: false))
    } else if let name = members["registered_name"]?.string, name.contains(">"),
      codeClasses[plainName] == nil, !name.hasPrefix("keras")
    {
      found.append(
        Suspicion(.custom, owner, "is of the user's own class '\(name)'", isDangerous: false))
    }
    return found
  }
}
