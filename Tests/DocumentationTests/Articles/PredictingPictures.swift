import Cairn

func classify(_ picture: String, with model: String, explainingIn heatMap: String) throws {
  let classifier = try Classifier(loading: model)
  let prediction = try classifier(picture)
  print("class \(prediction.label), probability \(prediction.confidence)")

  let explanation = try classifier.explain(prediction, by: .gradcam)
  try explanation.image(over: prediction).write(to: heatMap)
}

func classify(picturesBelow folder: String, with classifier: Classifier) {
  classifier.classify(PictureInputs([folder], searchesFolders: true)) { outcomes in
    for outcome in outcomes {
      if let prediction = outcome.prediction {
        print(outcome.input.name, prediction.label)
      } else {
        print(outcome.input.name, "has no answer")
      }
    }
  }
}

func numbers(in page: String, readBy classifier: Classifier) throws {
  let reading = try classifier.readNumbers(in: Image.decode(contentsOf: page), named: page)
  for (number, digits) in zip(reading.numbers, reading.lines) {
    print(number, "begins at column", digits[0].box.x)
  }
}
