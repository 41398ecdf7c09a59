import Images
import Inference
import RunSupport
import TestSupport
import Testing

@Suite("Numbers in pictures")
struct NumberTests {
  private func read(
    _ image: Image, inversion: InversionMode = .auto
  ) throws -> NumberReading {
    let classifier = try Classifier(loading: "\(packageDirectory)/models/quickstart.h5")
    return try classifier.readNumbers(in: image, named: "page.png", inversion: inversion)
  }

  @Test("Lines are read from top to bottom, with a box for each digit")
  func lines() throws {
    let picture = try NumberPicture(["0123", "456789", "70"])
    for image in [picture.image, picture.inverted] {
      let reading = try read(image)
      #expect(reading.numbers == ["0123", "456789", "70"])
      #expect(reading.number == "0123\n456789\n70")
      #expect(!reading.isRejected && reading.confidence > 0.5)
      #expect(reading.leftOut.isEmpty)
      for (digits, boxes) in zip(reading.lines, picture.boxes) {
        for (digit, box) in zip(digits, boxes) {
          #expect(abs(digit.box.x - box.x) <= 6 && abs(digit.box.y - box.y) <= 6)
          #expect(abs(digit.box.width - box.width) <= 12)
          #expect(abs(digit.box.height - box.height) <= 12)
        }
      }
      #expect(reading.lines[1][2].prediction.file == "page.png[1,2]")
    }
  }

  @Test("Lines that climb or fall are one number each")
  func slanted() throws {
    let picture = try NumberPicture(["4711358", "2704917"])
    // Each column moves up, by eight degrees in all.
    let image = Pictures.gray(picture.width, picture.height + 80) { x, y in
      let row = y - 70 + x / 7
      return (0..<picture.height).contains(row) ? Int(picture.levels[row * picture.width + x]) : 230
    }
    #expect(try read(image).numbers == ["4711358", "2704917"])
  }

  @Test("Digits that touch are cut", arguments: ["35", "60", "28", "903"])
  func touching(number: String) throws {
    let picture = try NumberPicture([number], gap: -4)
    let reading = try read(picture.image)
    #expect(reading.number == number)
    for (digit, box) in zip(reading.lines[0], picture.boxes[0]) {
      #expect(abs(digit.box.x - box.x) <= 24 && abs(digit.box.width - box.width) <= 36)
    }
  }

  @Test("Points, signs, underlines and specks are left out")
  func points() throws {
    var picture = try NumberPicture(["1754"], gap: 30)
    let (first, second) = (picture.boxes[0][0], picture.boxes[0][1])
    picture.fill(x: second.x - 19, y: first.y + first.height - 8, width: 8, height: 9)
    picture.fill(x: 18, y: first.y + 28, width: 26, height: 7)
    picture.fill(x: first.x, y: first.y + first.height + 12, width: 200, height: 5)
    picture.fill(x: 10, y: 10, width: 3, height: 3)
    let reading = try read(picture.image)
    #expect(reading.number == "1754")
    #expect(reading.leftOut.count == 3 || reading.leftOut.count == 2, "\(reading.leftOut)")
    let minus = reading.leftOut.contains { abs($0.x - 18) < 4 && abs($0.width - 26) < 6 }
    #expect(minus)
  }

  @Test("The cells of a form are no ones")
  func cells() throws {
    var picture = try NumberPicture(["3167"], gap: 30)
    let boxes = picture.boxes[0]
    let (top, bottom) = (boxes[0].y - 22, boxes[0].y + boxes[0].height + 22)
    let edges =
      [boxes[0].x - 15] + boxes.dropFirst().map { $0.x - 15 } + [boxes[3].x + boxes[3].width + 15]
    for edge in edges { picture.fill(x: edge, y: top, width: 3, height: bottom - top, 90) }
    for y in [top, bottom] {
      picture.fill(x: edges[0], y: y, width: edges[4] - edges[0] + 3, height: 3, 90)
    }
    #expect(try read(picture.image).number == "3167")
  }

  @Test("Ruled paper and shadows change nothing")
  func paper() throws {
    let picture = try NumberPicture(["5829", "3460"])
    let image = Pictures.gray(picture.width, picture.height) { x, y in
      var level = Int(picture.levels[y * picture.width + x])
      if (y + x / 60) % 47 < 2 { level = min(level, 140) }
      return x + y > 300 ? level * 6 / 10 : level
    }
    #expect(try read(image).numbers == ["5829", "3460"])
  }

  @Test("One digit is a number, and a blank picture is an error")
  func fewDigits() throws {
    #expect(try read(Pictures.load("7")).number == "7")
    #expect(throws: InferenceError.preprocessing(path: "page.png", .blank)) {
      _ = try read(Pictures.gray(300, 200) { _, _ in 200 })
    }
  }

  @Test("More pieces than can be digits are an error")
  func tooMany() {
    let image = Pictures.gray(1600, 1600) { x, y in x % 20 < 5 && y % 20 < 14 ? 20 : 230 }
    #expect(
      throws: InferenceError.preprocessing(
        path: "page.png", .tooManyPieces(6400, limit: 4096))
    ) {
      _ = try read(image, inversion: .yes)
    }
  }

  @Test("Other models read no numbers")
  func otherModel() throws {
    let path = fixture("../../ProgramTests/Fixtures/classifiers/mobile.keras")
    let classifier = try Classifier(loading: path)
    #expect(throws: InferenceError.otherModel(path: path, .noDigits)) {
      _ = try classifier.readNumbers(in: Pictures.load("7"), named: "7.png")
    }
  }
}
