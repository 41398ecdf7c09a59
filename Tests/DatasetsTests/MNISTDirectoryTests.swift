import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Finding MNIST")
struct MNISTDirectoryTests {
  /// A folder with places where MNIST may be.
  struct Place {
    let root: String

    /// Puts four files into a folder, or those that are named.
    func fill(_ folder: String, with names: [String] = MNISTTests.names) throws {
      for name in names { try write([], to: "\(root)/\(folder)/\(name)") }
    }

    func search(
      named: String? = nil, environment: [String: String] = [:],
      executable: String = "package/.build/x86_64/release/train"
    ) throws(DatasetError) -> String {
      try MNIST.directory(
        named: named, environment: ["HOME": "\(root)/home"].merging(environment) { $1 },
        workingDirectory: "\(root)/work", executable: "\(root)/\(executable)")
    }

    /// What a search says, with the path of the root left out.
    func result(
      named: String? = nil, environment: [String: String] = [:],
      executable: String = "package/.build/x86_64/release/train"
    ) -> String {
      do {
        return try search(named: named, environment: environment, executable: executable)
          .replacingOccurrences(of: root + "/", with: "")
      } catch {
        return error.description.replacingOccurrences(of: root + "/", with: "")
      }
    }
  }

  func withPlace(_ body: (Place) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      try write([], to: "\(directory)/package/Package.swift")
      try body(Place(root: directory))
    }
  }

  @Test("The error lists every folder that was tried, in order")
  func notFound() throws {
    try withPlace { place in
      #expect(
        place.result() == """
          Cannot find MNIST; CAIRN_DATA can name its folder. These were tried:
            - work/samples/mnist
            - package/.build/x86_64/share/cairn/mnist
            - package/samples/mnist
            - home/.cache/cairn/mnist
          """)
      #expect(
        place.result(
          environment: ["XDG_CACHE_HOME": "\(place.root)/cache", "CAIRN_DATA": ""],
          executable: "usr/bin/train") == """
            Cannot find MNIST; CAIRN_DATA can name its folder. These were tried:
              - work/samples/mnist
              - usr/share/cairn/mnist
              - cache/cairn/mnist
            """)
    }
  }

  @Test("Earlier places win over later ones")
  func order() throws {
    try withPlace { place in
      let places = [
        "home/.cache/cairn/mnist", "package/samples/mnist",
        "package/.build/x86_64/share/cairn/mnist", "work/samples/mnist",
      ]
      for folder in places {
        try place.fill(folder)
        #expect(place.result() == folder)
      }
      try place.fill("variable")
      let environment = ["CAIRN_DATA": "\(place.root)/variable"]
      #expect(place.result(environment: environment) == "variable")
      try place.fill("work/flag")
      #expect(place.result(named: "flag", environment: environment) == "work/flag")
    }
  }

  @Test("A folder that lacks a file is skipped")
  func incompleteDefault() throws {
    try withPlace { place in
      try place.fill("work/samples/mnist", with: Array(MNISTTests.names.dropLast()))
      try place.fill("package/samples/mnist")
      #expect(place.result() == "package/samples/mnist")
    }
  }

  @Test("A folder given by the user must have the files, even if another has them")
  func named() throws {
    try withPlace { place in
      try place.fill("work/samples/mnist")
      try place.fill("work/some", with: ["train-images-idx3-ubyte", "t10k-labels.idx1-ubyte.gz"])
      try write([], to: "\(place.root)/work/file")
      #expect(
        place.result(named: "some") == """
          The folder 'work/some' does not hold MNIST; not there, plain or as .gz:
            - train-labels-idx1-ubyte
            - t10k-images-idx3-ubyte
          """)
      #expect(
        place.result(environment: ["CAIRN_DATA": "some"]) == """
          The folder 'work/some', which CAIRN_DATA names, does not hold MNIST; not there, plain or \
          as .gz:
            - train-labels-idx1-ubyte
            - t10k-images-idx3-ubyte
          """)
      #expect(
        place.result(named: "none") == "Cannot read 'work/none': No such file or directory")
      #expect(place.result(named: "file") == "Cannot read 'work/file': Not a directory")
      #expect(
        place.result(named: "some", environment: ["CAIRN_DATA": "samples/mnist"])
          .hasPrefix("The folder 'work/some' does not"))
    }
  }

  @Test("The specification's rules for the cache folder hold")
  func cache() throws {
    try withPlace { place in
      try place.fill("home/.cache/cairn/mnist")
      #expect(place.result(environment: ["XDG_CACHE_HOME": ""]) == "home/.cache/cairn/mnist")
      #expect(place.result(environment: ["XDG_CACHE_HOME": "cache"]) == "home/.cache/cairn/mnist")
      try place.fill("cache/cairn/mnist")
      #expect(
        place.result(environment: ["XDG_CACHE_HOME": "\(place.root)/cache"])
          == "cache/cairn/mnist")
    }
  }

  @Test("The samples of the package are found from the build folder of its tests")
  func package() throws {
    #expect(
      try MNIST.directory(
        environment: [:], workingDirectory: "/",
        executable: "\(packageDirectory)/.build/x86_64-unknown-linux-gnu/debug/train")
        == "\(packageDirectory)/samples/mnist")
  }
}
