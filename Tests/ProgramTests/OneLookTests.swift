import Glibc
import TestSupport
import Testing

@Suite("Each file is opened once")
struct OneLookTests {
  @Test(
    "Recognizing, checking and reading a file share one descriptor",
    arguments: [
      ["inspect", "FILE"], ["inspect", "FILE", "--verify"], ["inspect", "FILE", "--stats"],
      ["convert", "FILE", "../out.weights.h5", "--overwrite"],
    ], ["model.h5", "model.keras", "model.weights.h5"])
  func opensOnce(command: [String], name: String) throws {
    try withTemporaryDirectory { folder in
      let checkpoint = try Trained.checkpoint.get()
      mkdir("\(folder)/there", 0o777)
      if name == "model.h5" {
        try writeBytes(try readBytes(checkpoint), to: "\(folder)/there/\(name)")
      } else {
        let made = try run("convert", [checkpoint, "\(folder)/there/\(name)", "-q"])
        #expect(made.code == 0, "\(made.whole)")
      }
      let watch = try OpenWatch("\(folder)/there")
      let result = try run(
        command[0], command.dropFirst().map { $0 == "FILE" ? name : $0 }, in: "\(folder)/there")
      // A file of weights alone does not say what the layers are.
      #expect(result.code == 0 || command[0] == "convert" && name == "model.weights.h5")
      #expect(watch.opened().filter { $0 == name } == [name], "\(result.whole)")
    }
  }

  @Test("A picture is predicted with a model that is opened once", arguments: ["h5", "keras"])
  func predicts(suffix: String) throws {
    try withTemporaryDirectory { folder in
      let model = "\(folder)/model.\(suffix)"
      let checkpoint = try Trained.checkpoint.get()
      if suffix == "h5" {
        try writeBytes(try readBytes(checkpoint), to: model)
      } else {
        #expect(try run("convert", [checkpoint, model, "-q"]).code == 0)
      }
      let watch = try OpenWatch(folder)
      let result = try run("predict", ["\(packageDirectory)/samples/7.png", "--model", model])
      #expect(result.code == 0, "\(result.whole)")
      #expect(watch.opened() == ["model.\(suffix)"], "\(result.whole)")
    }
  }
}
