import HDF5
import TestSupport
import Testing

/// The structure is that of tools/fixtures/hdf5.py, which writes the files with h5py.
@Suite("Groups and links")
struct GroupTests {
  private let path = fixture("links.h5")

  @Test("Members are ordered by name, each with its kind")
  func listsMembers() throws {
    let members = try File.open(path).group(at: "group").members
    #expect(
      members.map(\.name)
        == ["10", "9", "again", "dangling", "data", "external", "loop", "soft", "type"])
    #expect(
      members.map(\.kind) == [
        .group, .group, .dataset, .softLink(target: "/nowhere"), .dataset,
        .externalLink(file: "types.h5", target: "/matrix"), .group,
        .softLink(target: "/group/data"), .namedDatatype,
      ])
  }

  @Test("Hard links to the same object have the same address and link count")
  func recognisesHardLinks() throws {
    let file = try File.open(path)
    let group = try file.group(at: "group")
    let members = try group.members
    let (again, data, loop) = (members[2], members[4], members[6])
    #expect(again.address == data.address && data.linkCount == 2)
    #expect(loop.address == (try group.address) && loop.linkCount == 2)
    #expect(try file.dataset(at: "group/loop/loop/again").address == data.address)
    #expect(try file.dataset(at: "group/data").linkCount == 2)
    #expect(members[3].address == nil && members[3].linkCount == 0)
    #expect(members[0].address != members[1].address)
  }

  @Test("A path may have leading, double and trailing slashes and dots")
  func resolvesPaths() throws {
    let file = try File.open(path)
    #expect(try file.dataset(at: "//group/./data/").path == "/group/data")
    #expect(try file.group(at: "/").path == "/")
    #expect(try file.group(at: "group").dataset(at: "again").path == "/group/again")
    #expect(try file.group(at: "group").group(at: "").path == "/group")
  }

  @Test("A path is not contained if any of its components is missing")
  func tellsMissing() throws {
    let file = try File.open(path)
    #expect(try file.contains("group/data"))
    #expect(try file.contains("group/type"))
    #expect(try !file.contains("group/nothing"))
    #expect(try !file.contains("nothing/at/all"))
    #expect(try !file.contains("group/da\0ta"))
    #expect(
      message { () throws(HDF5Error) in try file.dataset(at: "group/nothing") }
        == "Cannot open '/group/nothing' in '\(path)': there is no such object")
    #expect(
      message { () throws(HDF5Error) in try file.dataset(at: "nothing/at/all") }
        == "Cannot open '/nothing' in '\(path)': there is no such object")
  }

  @Test("An object of another kind is an error that contains both kinds")
  func refusesTheOtherKind() throws {
    let file = try File.open(path)
    #expect(
      message { () throws(HDF5Error) in try file.group(at: "group/data") }
        == "Cannot open '/group/data' in '\(path)': it is a dataset, not a group")
    #expect(
      message { () throws(HDF5Error) in try file.dataset(at: "group") }
        == "Cannot open '/group' in '\(path)': it is a group, not a dataset")
    #expect(
      message { () throws(HDF5Error) in try file.dataset(at: "group/type") }
        == "Cannot open '/group/type' in '\(path)': it is a named datatype, not a dataset")
    #expect(
      message { () throws(HDF5Error) in try file.dataset(at: "group/data/0") }
        == "Cannot open '/group/data' in '\(path)': it is a dataset, not a group")
  }

  @Test(
    "A soft or external link is not followed, whether it is the last component or not",
    arguments: [
      ("group/soft", "group/soft", "a soft link to '/group/data'"),
      ("group/dangling", "group/dangling", "a soft link to '/nowhere'"),
      ("soft_group/data", "soft_group", "a soft link to '/group'"),
      ("group/external", "group/external", "an external link to '/matrix' in 'types.h5'"),
    ])
  func followsHardLinksOnly(target: String, link: String, kind: String) throws {
    let file = try File.open(path)
    let expected = "Cannot open '/\(link)' in '\(path)': \(kind) is not followed"
    #expect(message { () throws(HDF5Error) in try file.dataset(at: target) } == expected)
    #expect(message { () throws(HDF5Error) in try file.contains(target) } == expected)
  }
}
