import JSON

/// Objects of Keras that a file may hand on: names with plain options.
///
/// A file can name any function of any module, and hold pickled code. What Cairn does not need it
/// reads and writes back only in this form, from which Keras can import and run nothing: it finds
/// the names among its own and those that the user registered.
extension JSON {
  /// An initializer, a loss or another object by its name, or a list or dictionary of them, without
  /// modules outside of Keras; `nil` if it is anything else, such as code.
  var namedObject: JSON? {
    switch self {
    case .string(let name): name.isName ? self : nil
    case .array(let elements): Self.all(elements.map(\.namedObject)).map(JSON.array)
    case .object(let members):
      members["class_name"] == nil ? Self.all(members, \.namedObject) : Self.named(members)
    case .null: self
    default: nil
    }
  }

  private static func named(_ members: JSON.Object) -> JSON? {
    guard let className = members["class_name"]?.string, className.isName,
      !className.hasPrefix("__")
    else { return nil }
    let registeredName = members["registered_name"]?.string
    guard registeredName?.isName ?? true else { return nil }
    var object: JSON.Object = ["class_name": .string(className)]
    if let module = members["module"] {
      // Keras finds a registered class by its name, and would import the module.
      let isRegistered = registeredName?.contains(">") ?? false
      guard module.isModuleOfKeras || isRegistered else { return nil }
      object["module"] = module.isModuleOfKeras ? module : .null
    }
    if let name = members["registered_name"] { object["registered_name"] = name }
    guard let config = members["config"], config != .null else { return .object(object) }
    guard let plain = className == "function" ? config.namedObject : config.plainValue else {
      return nil
    }
    object["config"] = plain
    return .object(object)
  }

  /// Numbers, truth values, names, and lists and dictionaries of them; `nil` if there is anything
  /// else in the value.
  var plainValue: JSON? {
    switch self {
    case .array(let elements): Self.all(elements.map(\.plainValue)).map(JSON.array)
    case .object(let members):
      members["class_name"] == nil ? Self.all(members, \.plainValue) : Self.named(members)
    case .string(let text): text.isName ? self : nil
    default: self
    }
  }

  /// Whether the value is no module, or one of Keras.
  var isModuleOfKeras: Bool {
    guard self != .null else { return true }
    return string?.isModuleOfKeras ?? false
  }

  private static func all(_ values: [JSON?]) -> [JSON]? {
    values.contains(nil) ? nil : values.compactMap(\.self)
  }

  private static func all(_ members: JSON.Object, _ convert: (JSON) -> JSON?) -> JSON? {
    var result: JSON.Object = [:]
    for (key, value) in members {
      guard key.isName, let converted = convert(value) else { return nil }
      result[key] = converted
    }
    return .object(result)
  }
}

extension String {
  /// Whether a file that names the module means Keras, or a function of the user.
  var isModuleOfKeras: Bool {
    [
      "builtins", "keras", "keras_core", "tf_keras", "tensorflow.keras", "tensorflow.python.keras",
    ].contains {
      self == $0 || hasPrefix("\($0).")
    }
  }

  /// Whether the text can be a name: no path, no address, no text in base 64.
  fileprivate var isName: Bool {
    utf8.count <= 64
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
          UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: ">"):
          true
        default: false
        }
      }
  }
}
