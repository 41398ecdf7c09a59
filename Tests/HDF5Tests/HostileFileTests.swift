import Glibc
import HDF5
import Sandbox
import TestSupport
import Testing

@Suite("Damaged and hostile files")
struct HostileFileTests {
  @Test("Files that cannot be read are distinguished from files that are not HDF5")
  func refusesOtherFiles() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/x.h5"
      func open(_ path: String) -> String {
        message { () throws(HDF5Error) in try File.open(path) }
      }
      #expect(open(path) == "Cannot open '\(path)': No such file or directory")
      #expect(open("\(path)/y") == "Cannot open '\(path)/y': No such file or directory")
      #expect(
        open(directory) == "Cannot open '\(directory)': it is a directory, not a regular file")
      #expect(open("/dev/null") == "Cannot open '/dev/null': it is a device, not a regular file")
      let status = mkfifo("\(directory)/fifo", 0o600)
      #expect(status == 0)
      #expect(
        open("\(directory)/fifo")
          == "Cannot open '\(directory)/fifo': it is a FIFO, not a regular file")
      #expect(open("\(path)\0").hasSuffix("the path contains a zero byte"))
      try writeBytes([], to: path)
      #expect(open(path) == "Cannot open '\(path)': the file is empty")
      try writeBytes(Array("not HDF5, but text".utf8), to: path)
      #expect(open(path) == "Cannot open '\(path)': not an HDF5 file")
      #expect(open("\(path)/y") == "Cannot open '\(path)/y': Not a directory")
    }
  }

  @Test("The cause distinguishes missing, unreadable and damaged files")
  func tellsCauses() throws {
    func cause(_ path: String) -> HDF5Error.Cause? {
      do throws(HDF5Error) {
        _ = try File.open(path)
        return nil
      } catch {
        return error.cause
      }
    }
    #expect(cause("/nowhere/x.h5") == .fileNotFound("No such file or directory"))
    #expect(cause("/") == .fileUnreadable("it is a directory, not a regular file"))
    #expect(cause(fixture("types.h5")) == nil)
  }

  @Test(
    "A truncated file is refused when it is opened",
    arguments: ["types.h5", "latest.h5", "user_block.h5", "storage.h5"])
  func refusesTruncated(name: String) throws {
    let whole = try readBytes(fixture(name))
    try withTemporaryDirectory { directory in
      let path = "\(directory)/cut.h5"
      for part in 0..<64 {
        let length = whole.count * part / 64
        try writeBytes(Array(whole.prefix(length)), to: path)
        let start = name == "user_block.h5" ? 512 : 0
        let expected =
          switch length {
          case 0: "the file is empty"
          case ...start: "not an HDF5 file"
          case ...(start + 56): "truncated: \(length) bytes, less than the header"
          default: "truncated: \(length) bytes, the header says \(whole.count)"
          }
        #expect(
          message { () throws(HDF5Error) in try File.open(path) }
            == "Cannot open '\(path)': \(expected)")
      }
    }
  }

  @Test("A header that is truncated at any byte is refused")
  func refusesCutHeaders() throws {
    let whole = try readBytes(fixture("types.h5"))
    try withTemporaryDirectory { directory in
      let path = "\(directory)/cut.h5"
      for length in 1..<100 {
        try writeBytes(Array(whole.prefix(length)), to: path)
        let text = message { () throws(HDF5Error) in try File.open(path) }
        #expect(text.contains("': truncated: \(length) bytes, "))
      }
    }
  }

  @Test("A header with impossible numbers is damaged")
  func refusesImpossibleHeaders() throws {
    let whole = try readBytes(fixture("types.h5"))
    try withTemporaryDirectory { directory throws in
      let path = "\(directory)/bad.h5"
      func open(patching offset: Int, _ patch: [UInt8]) throws -> String {
        var bytes = whole
        bytes.replaceSubrange(offset..<offset + patch.count, with: patch)
        try writeBytes(bytes, to: path)
        return message { () throws(HDF5Error) in try File.open(path) }
      }
      #expect(
        try open(patching: 8, [9])
          == "Cannot open '\(path)': damaged: version 9 of the header is unknown")
      #expect(
        try open(patching: 13, [3])
          == "Cannot open '\(path)': damaged: the header gives addresses of 3 bytes")
      #expect(
        try open(patching: 40, [UInt8](repeating: 0xFF, count: 8))
          == "Cannot open '\(path)': damaged: the header gives an impossible end of file")
      #expect(try open(patching: 1, [0]) == "Cannot open '\(path)': not an HDF5 file")
      // The root group's address, which only libhdf5 looks at.
      #expect(try open(patching: 64, [UInt8](repeating: 0x7F, count: 8)).contains("': damaged: "))
    }
  }

  @Test(
    "A dataset that is too large or depends on other files is described, but not read",
    arguments: [
      ("huge", "too large: it declares 4398046511104 bytes but stores 0"),
      (
        "overflow",
        "too large: the shape [1099511627776, 1099511627776] has more elements than can be counted"
      ),
      ("wide_chunks", "not allowed: chunks of shape [33554432], the limit is 64 MiB"),
      (
        "scale_offset",
        "not allowed: the filter 'scaleoffset', only deflate, shuffle and fletcher32 are read"
      ),
      ("external", "not allowed: elements in external files"),
      ("virtual", "not allowed: a virtual dataset, made of other files"),
    ])
  func refusesDataset(name: String, cause: String) throws {
    let path = fixture("hostile.h5")
    let dataset = try File.open(path).dataset(at: name)
    #expect(
      message { () throws(HDF5Error) in try dataset.read(as: Double.self) }
        == "Cannot read '/\(name)' in '\(path)': \(cause)")
  }

  @Test("A virtual dataset has no shape, because its shape depends on other files")
  func describesVirtual() throws {
    let dataset = try File.open(fixture("hostile.h5")).dataset(at: "virtual")
    #expect(dataset.layout == .virtual && dataset.elementType == .float32())
    #expect(dataset.shape == [] && dataset.count == nil && dataset.storageSize == 0)
  }

  @Test("A part of a dataset with an impossible size is refused, too")
  func refusesPartOfHuge() throws {
    let dataset = try File.open(fixture("hostile.h5")).dataset(at: "huge")
    #expect(dataset.shape == [1 << 40])
    #expect(
      message { () throws(HDF5Error) in try dataset.readRows(0..<1, as: Float.self) }
        .hasSuffix("it declares 4398046511104 bytes but stores 0"))
  }

  @Test("The caller's limit of bytes applies to the part that is read")
  func limitsBytes() throws {
    let path = fixture("hostile.h5")
    let big = try File.open(path, limits: Limits(bytesPerRead: 4000)).dataset(at: "big")
    #expect(try big.read(as: Float.self).count == 1000)
    #expect(
      message { () throws(HDF5Error) in try big.read(as: Double.self) }
        == "Cannot read '/big' in '\(path)': too large: 8000 bytes, the limit is 4000")
    #expect(try big.readRows(500..<1000, as: Double.self).count == 500)
  }

  @Test("The limit of members is checked before they are listed")
  func limitsMembers() throws {
    let path = fixture("links.h5")
    let group = try File.open(path, limits: Limits(membersPerGroup: 8)).group(at: "group")
    #expect(
      message { () throws(HDF5Error) in try group.members }
        == "Cannot list '/group' in '\(path)': too large: 9 members, the limit is 8")
  }

  @Test("Strings that declare gigabytes are refused before memory is allocated")
  func refusesLongStrings() throws {
    let path = fixture("long_strings.h5")
    let file = try File.open(path)
    let strings = try file.dataset(at: "strings")
    #expect(
      message { () throws(HDF5Error) in try strings.readStrings() }
        == "Cannot read '/strings' in '\(path)': too large: strings of 4294967287 bytes, "
        + "the limit is 67108864")
    #expect(
      message { () throws(HDF5Error) in try file.root.attribute("name") }
        == "Cannot read the attribute '/@name' in '\(path)': too large: "
        + "strings of 4294967280 bytes, the limit is 16777216")
  }

  @Test("Damage is an error with libhdf5's message, and does not hide the other members")
  func reportsDamage() throws {
    let whole = try readBytes(fixture("storage.h5"))
    let file = try File.open(fixture("storage.h5"))
    let members = try file.root.members
    let compact = try #require(members.first { $0.name == "compact" }?.address)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/bad.h5"
      var bytes = whole
      bytes[Int(compact)] = 0xEE
      try writeBytes(bytes, to: path)
      let damaged = try File.open(path)
      let kinds = try damaged.root.members.map(\.kind)
      #expect(kinds.count { $0 == .dataset } == members.count - 1)
      #expect(kinds.contains(.unreadable("bad object header version number")))
      #expect(
        message { () throws(HDF5Error) in try damaged.dataset(at: "compact") }
          == "Cannot open '/compact' in '\(path)': bad object header version number")
    }
  }

  @Test("libhdf5 prints nothing to standard error on any thread when it fails")
  func staysQuiet() throws {
    try withTemporaryDirectory { directory in
      let log = "\(directory)/stderr"
      fflush(nil)
      let saved = dup(2)
      let target = unsafe creat(log, 0o600)
      #expect(saved >= 0 && target >= 0 && dup2(target, 2) == 2)
      close(target)
      defer {
        dup2(saved, 2)
        close(saved)
      }
      // A new thread has an error stack of its own, which prints unless told not to.
      var threads = [pthread_t](repeating: 0, count: 4)
      for index in threads.indices {
        unsafe pthread_create(
          &threads[index], nil,
          { _ in
            failInEveryWay()
            return nil
          }, nil)
      }
      for thread in threads { pthread_join(thread, nil) }
      fflush(nil)
      let text = try readBytes(log)
      // The test runner itself may have written there at the same time.
      unsafe write(saved, text, text.count)
      #expect(text.occurrences(of: Array("HDF5-DIAG".utf8)) == 0)
    }
  }

  @Test(
    "A chunk of another size than its shape is damage, in a sandboxed process and here",
    arguments: [Reader.sandboxed, .unconfined])
  func checksChunkSizes(reader: Reader) throws {
    let file = try File.open(fixture("chunks.h5"), limits: Limits(reader: reader))
    let row = (0..<8).map(Float.init)
    #expect(
      try file.dataset(at: "exact").read(as: Float.self)
        == row + row + [Float](repeating: 0, count: 8))
    #expect(
      try file.dataset(at: "checksum").read(as: Float.self)
        == row + [Float](repeating: 0, count: 16))
    #expect(try file.dataset(at: "unfiltered").read(as: Float.self) == row)
    let edges = try file.dataset(at: "edges")
    #expect(try edges.read(as: Float.self) == (0..<35).map(Float.init))
    #expect(
      try edges.read(as: Float.self, slices: [Slice(3..<5), Slice(start: 1, count: 2, stride: 5)])
        == [22, 27, 29, 34])
    let reasons = [
      "long": "damaged: a chunk has more than 32 bytes",
      "short": "damaged: a chunk has 16 bytes instead of 32",
      "empty": "damaged: a chunk has 0 bytes instead of 32",
      "bomb": "damaged: a chunk has more than 32 bytes",
      "twice": "not allowed: the filter 'deflate' after deflate, only fletcher32 may follow it",
    ]
    for (name, reason) in reasons {
      let dataset = try file.dataset(at: name)
      // The second time too.
      for _ in 0..<2 {
        #expect(
          message { () throws(HDF5Error) in try dataset.read(as: Float.self) }.hasSuffix(reason),
          "\(name)")
      }
      guard name != "twice" else { continue }
      #expect(try dataset.readRows(0..<1, as: Float.self) == row, "\(name)")
      #expect(
        message { () throws(HDF5Error) in try dataset.readRows(1..<2, as: Float.self) }.hasSuffix(
          reason), "\(name)")
    }
  }
}

private func failInEveryWay() {
  for name in ["compact", "missing"] {
    _ = message { () throws(HDF5Error) in try File.open(fixture("storage.h5")).group(at: name) }
  }
  let huge = [UInt8](repeating: 0x7F, count: 8)
  _ = try? withTemporaryDirectory { directory in
    var bytes = try readBytes(fixture("types.h5"))
    bytes.replaceSubrange(64..<72, with: huge)
    try writeBytes(bytes, to: "\(directory)/bad.h5")
    _ = message { () throws(HDF5Error) in try File.open("\(directory)/bad.h5") }
  }
  _ = message { () throws(HDF5Error) in
    let writer = try File.create()
    try writer.root.write(Float(1), to: "a")
    try writer.root.write(Float(1), to: "a")
  }
}
