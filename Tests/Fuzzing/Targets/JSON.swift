import JSON

extension FuzzTarget {
  /// Texts in JSON.
  static let json = FuzzTarget("json") { input in
    guard let json = try? JSON(parsing: String(decoding: input, as: UTF8.self)) else { return }
    let text = json.text
    guard let again = try? JSON(parsing: text) else { fatalError("\(text) is not JSON") }
    expect(again.text == text, "\(text) has become \(again.text)")
  }
}
