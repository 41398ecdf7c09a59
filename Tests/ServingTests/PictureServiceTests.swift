import Images
import Inference
import JSON
import Serving
import TestSupport
import Testing

@Suite("Answers of the service, without connections")
struct PictureServiceTests {
  private static let modelPath = "\(packageDirectory)/models/quickstart.h5"

  private static func service() throws -> PictureService {
    PictureService(try Classifier(loading: modelPath), name: modelPath)
  }

  private static func picture(_ name: String) throws -> [UInt8] {
    try readBytes("\(packageDirectory)/samples/\(name).png")
  }

  private func answer(
    _ target: String, _ body: [UInt8] = [], type: String = "image/png"
  ) throws -> ServiceAnswer {
    let head = ServiceRequest.Head(
      body.isEmpty ? "GET" : "POST", target, fields: [("Content-Type", type)])
    return try Self.service().answer(ServiceRequest(head, body: body))
  }

  private func json(_ answer: ServiceAnswer) throws -> JSON {
    #expect(answer.mediaType == "application/json")
    return try JSON(parsing: String(decoding: answer.body, as: UTF8.self))
  }

  @Test("A picture gets the object of predict --json")
  func prediction() throws {
    let wanted = try Classifier(loading: Self.modelPath)(
      Image.decode(Self.picture("drawn-4-chalk")), named: "-")
    let answer = try answer("/predict", Self.picture("drawn-4-chalk"))
    #expect(answer.status == .ok)
    #expect(try json(answer) == wanted.json)
  }

  @Test("On request, the answer has what the network sees and which parts matter")
  func pictures() throws {
    let classifier = try Classifier(loading: Self.modelPath)
    let prediction = try classifier(Image.decode(Self.picture("7")), named: "-")
    let explanation = try classifier.explain(prediction, by: .gradcam)
    let answer = try json(answer("/predict?seen=1&explain=gradcam", Self.picture("7")))
    #expect(answer["seen"]?["width"] == .integer(28))
    #expect(
      answer["seen"]?["png"]?.string == Base64.text(of: try prediction.picture.encoded()))
    #expect(answer["explanation"]?["class"] == .integer(7))
    #expect(answer["explanation"]?["empty"] == .bool(false))
    #expect(
      answer["explanation"]?["picture"]?["png"]?.string
        == Base64.text(of: try explanation.image(over: prediction).encoded()))
  }

  @Test("A form has the name of its file")
  func form() throws {
    let body =
      Array("--x\r\nContent-Disposition: form-data; filename=a.png\r\n\r\n".utf8)
      + (try Self.picture("7")) + Array("\r\n--x--\r\n".utf8)
    let answer = try answer("/predict", body, type: "multipart/form-data; boundary=x")
    #expect(try json(answer)["file"]?.string == "a.png")
    #expect(try json(answer)["digit"]?.integer == 7)
  }

  @Test("What cannot be classified has a status and a sentence")
  func failures() throws {
    let white = try Image(
      width: 40, height: 40, format: .gray8, samples: Array(repeating: 255, count: 1600)
    ).encoded()
    for (body, type, status) in [
      (Array("hello".utf8), "image/png", AnswerStatus.otherType),
      (Array(try Self.picture("7").prefix(120)), "image/png", .badRequest),
      (white, "image/png", .unprocessable),
      (Array("--x--".utf8), "multipart/form-data; boundary=x", .badRequest),
    ] {
      let answer = try answer("/predict", body, type: type)
      #expect(answer.status == status)
      #expect(try json(answer)["error"]?.string != nil)
    }
  }

  @Test("The model is described, without its path")
  func model() throws {
    let model = try json(answer("/model"))
    #expect(model["name"]?.string == "quickstart.h5")
    #expect(model["recognises_digits"]?.bool == true)
    #expect(model["classes"]?.array?.count == 10)
    #expect(model["input"]?["width"]?.integer == 28)
    #expect(model["explanations"]?.array?.contains(.string("gradcam")) == true)
  }

  @Test("The guide JSON output describes every key")
  func keys() throws {
    let document = try readText("\(packageDirectory)/Sources/Cairn/Cairn.docc/Guides/JSONOutput.md")
    let answers = [
      try answer("/model"), try answer("/health"),
      try answer("/predict?seen=1&explain=occlusion", Self.picture("7")),
    ]
    for answer in answers {
      for key in Self.keys(of: try json(answer)) {
        #expect(document.contains("`\(key)`"), "the guide does not describe '\(key)'")
      }
    }
  }

  private static func keys(of json: JSON) -> Set<String> {
    guard let object = json.object else { return [] }
    return object.values.reduce(Set(object.keys)) { $0.union(keys(of: $1)) }
  }

  @Test("The page has a policy with a number that is used once, and loads nothing")
  func page() throws {
    let answers = [Page.answer, Page.answer]
    let policies = answers.compactMap { answer in
      answer.fields.first { $0.name == "Content-Security-Policy" }?.value
    }
    #expect(policies.count == 2 && policies[0] != policies[1])
    let nonce = try #require(policies[0].firstMatch(of: /'nonce-(\w+)'/)).1
    let text = String(decoding: answers[0].body, as: UTF8.self)
    #expect(text.contains("<script nonce=\"\(nonce)\">"))
    #expect(text.contains("<style nonce=\"\(nonce)\">"))
    #expect(!text.contains("NONCE"))
    #expect(text.hasSuffix("</html>\n"))
    let addresses = text.matches(of: /https?:\/\/[\w.\/]+/).map { String($0.0) }
    #expect(addresses.allSatisfy { $0.hasPrefix("http://www.w3.org/2000/svg") }, "\(addresses)")
  }
}
