import HDF5
import TestSupport
import Testing

/// The values are those of tools/fixtures/hdf5.py, which writes the files with h5py.
@Suite("Reading datasets that h5py wrote")
struct DatasetTests {
  /// Exact in every one of the widths.
  private let floats: [Float] = [
    1.5, -2.25, 0, -0.0, 65504, 0x1p-24, 0x1p-14, .infinity, -.infinity, 0.0999755859375,
  ]

  @Test(
    "Floating-point numbers of every width and byte order are read bit for bit",
    arguments: ["lef2", "bef2", "lef4", "bef4", "lef8", "bef8"])
  func readsFloats(name: String) throws {
    let dataset = try File.open(fixture("types.h5")).dataset(at: name)
    #expect(try dataset.read(as: Float.self).map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(
      try dataset.read(as: Double.self).map(\.bitPattern) == floats.map { Double($0).bitPattern })
    #expect(dataset.shape == [10])
  }

  @Test("Floating-point types are distinguished by width and byte order")
  func describesFloats() throws {
    let file = try File.open(fixture("types.h5"))
    #expect(try file.dataset(at: "lef2").elementType == .float16(.littleEndian))
    #expect(try file.dataset(at: "bef4").elementType == .float32(.bigEndian))
    #expect(try file.dataset(at: "lef8").elementType == .float64(.littleEndian))
    #expect("\(try file.dataset(at: "bef8").elementType)" == "float64 big-endian")
  }

  @Test(
    "Signed integers of every width and byte order keep their extremes",
    arguments: [8, 16, 32, 64], ["le", "be"])
  func readsSignedIntegers(bits: Int, order: String) throws {
    let dataset = try File.open(fixture("types.h5")).dataset(at: "\(order)i\(bits / 8)")
    let extreme = Int64.max >> (64 - bits)
    #expect(try dataset.read(as: Int64.self) == [-extreme - 1, 1, 2, extreme])
    let isLittle = order == "le" || bits == 8
    let type = ElementType.integer(bits: bits, signed: true, isLittle ? .littleEndian : .bigEndian)
    #expect(dataset.elementType == type)
  }

  @Test(
    "Unsigned integers of every width and byte order keep their extremes",
    arguments: [8, 16, 32, 64], ["le", "be"])
  func readsUnsignedIntegers(bits: Int, order: String) throws {
    let dataset = try File.open(fixture("types.h5")).dataset(at: "\(order)u\(bits / 8)")
    #expect(try dataset.read(as: UInt64.self) == [0, 1, 2, UInt64.max >> (64 - bits)])
    #expect(try dataset.read(as: Double.self)[3] == Double(UInt64.max >> (64 - bits)))
  }

  @Test("A number that does not fit in the requested integer type is an error, and never truncated")
  func refusesToCutOff() throws {
    let path = fixture("hostile.h5")
    let file = try File.open(path)
    let wide = try file.dataset(at: "wide_int")
    #expect(try wide.read(as: Int64.self) == [1, 1 << 31])
    #expect(
      message { () throws(HDF5Error) in try wide.read(as: Int32.self) }
        == "Cannot read '/wide_int' in '\(path)': a value does not fit in int32")
    let negative = try file.dataset(at: "negative")
    #expect(
      message { () throws(HDF5Error) in try negative.read(as: UInt64.self) }
        == "Cannot read '/negative' in '\(path)': a value does not fit in uint64")
    let float = try File.open(fixture("types.h5")).dataset(at: "lef4")
    #expect(
      message { () throws(HDF5Error) in try float.read(as: Int64.self) }
        .hasSuffix("it is float32, not integers"))
  }

  @Test("A double beyond the range of Float is read as infinity")
  func overflowsToInfinity() throws {
    let dataset = try File.open(fixture("types.h5")).dataset(at: "double_beyond_float")
    #expect(try dataset.read(as: Float.self) == [.infinity, 1])
    #expect(try dataset.read(as: Double.self) == [1e300, 1 + 0x1p-40])
  }

  @Test("Scalars, empty arrays and null dataspaces are distinguished")
  func describesShapes() throws {
    let file = try File.open(fixture("types.h5"))
    let scalar = try file.dataset(at: "scalar")
    #expect(scalar.shape == [] && scalar.count == 1 && !scalar.isNull)
    #expect(try scalar.read(as: Float.self) == [3.25])
    let empty = try file.dataset(at: "empty")
    #expect(empty.shape == [0, 3] && empty.count == 0 && !empty.isNull)
    #expect(try empty.read(as: Float.self) == [])
    let null = try file.dataset(at: "null")
    #expect(null.shape == [] && null.count == 0 && null.isNull)
    #expect(try null.read(as: Float.self) == [])
    #expect(try file.dataset(at: "matrix").shape == [4, 3, 2])
  }

  @Test("An unsupported type has a description, which is part of the error")
  func describesOtherTypes() throws {
    let path = fixture("types.h5")
    let file = try File.open(path)
    #expect(try file.dataset(at: "bfloat16").elementType == .opaque(bytes: 2, tag: ""))
    #expect(
      try file.dataset(at: "bfloat16_float").elementType
        == .bfloat16())
    #expect(
      try file.dataset(at: "odd_bias").elementType
        == .other("float of 4 bytes, 8-bit exponent"))
    #expect(
      try file.dataset(at: "bool").elementType
        == .enumeration(bits: 8, signed: true, names: ["FALSE", "TRUE"]))
    #expect(try file.dataset(at: "complex").elementType == .other("complex128"))
    let bfloat16 = try file.dataset(at: "bfloat16")
    #expect(
      message { () throws(HDF5Error) in try bfloat16.read(as: Float.self) }
        == "Cannot read '/bfloat16' in '\(path)': it is opaque of 2 bytes, not numbers")
  }

  @Test(
    "Every layout reads as the same rows",
    arguments: [
      ("contiguous", Layout.contiguous, [String]()),
      ("chunked", .chunked([7, 3]), []),
      ("filtered", .chunked([7, 20]), ["shuffle", "deflate", "fletcher32"]),
    ])
  func readsLayouts(name: String, layout: Layout, filters: [String]) throws {
    let dataset = try File.open(fixture("storage.h5")).dataset(at: name)
    #expect(dataset.layout == layout)
    #expect(dataset.filters.map(\.name) == filters)
    #expect(try dataset.read(as: Float.self) == (0..<600).map { Float($0) / 7 })
  }

  @Test("A compact dataset is read from the object header")
  func readsCompact() throws {
    let dataset = try File.open(fixture("storage.h5")).dataset(at: "compact")
    #expect(dataset.layout == .compact && dataset.fileOffset == nil)
    #expect(try dataset.read(as: Float.self) == [1, 2, 3])
  }

  @Test("The elements of a contiguous dataset are in the file at its offset")
  func tellsFileOffset() throws {
    for name in ["storage.h5", "user_block.h5"] {
      let path = name == "storage.h5" ? "contiguous" : "group/rows"
      let dataset = try File.open(fixture(name)).dataset(at: path)
      let fileOffset = dataset.fileOffset
      let offset = try #require(fileOffset)
      let values = try dataset.read(as: Float.self)
      let expected = values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
      let bytes = try readBytes(fixture(name))
      #expect(Array(bytes[offset..<offset + dataset.storageSize]) == expected)
    }
  }

  @Test("A dataset that was never written reads as its fill value")
  func readsFillValue() throws {
    let dataset = try File.open(fixture("storage.h5")).dataset(at: "never_written")
    #expect(dataset.storageSize == 0)
    #expect(try dataset.read(as: Float.self) == [Float](repeating: 2.5, count: 1000))
  }

  @Test(
    "Newer forms of the format and user blocks are read",
    arguments: [("latest.h5", 3, 0), ("user_block.h5", 0, 512)])
  func readsOtherForms(name: String, version: Int, userBlock: Int) throws {
    let file = try File.open(fixture(name))
    #expect(file.superblock.version == version)
    #expect(file.superblock.userBlockSize == userBlock)
    #expect(file.superblock.endOfFile == file.size)
    let rows = try file.dataset(at: "group/rows").read(as: Float.self)
    #expect(rows == (0..<40).map { Float($0) / 7 })
  }

  @Test("A buffer of the caller must have exactly as many elements as the dataset")
  func readsIntoBuffer() throws {
    let path = fixture("types.h5")
    let matrix = try File.open(path).dataset(at: "matrix")
    var values = [Float](repeating: -1, count: 24)
    unsafe try values.withUnsafeMutableBufferPointer { buffer throws(HDF5Error) in
      unsafe try matrix.read(into: buffer)
    }
    #expect(values == (0..<24).map(Float.init))
    var short = [Float](repeating: -1, count: 23)
    let text = unsafe short.withUnsafeMutableBufferPointer { buffer in
      message { () throws(HDF5Error) in unsafe try matrix.read(into: buffer) }
    }
    #expect(text == "Cannot read '/matrix' in '\(path)': it is 24 elements, not 23 elements")
    #expect(short.allSatisfy { $0 == -1 })
  }

  @Test("Slices and rows select the same elements as in numpy")
  func readsSlices() throws {
    let file = try File.open(fixture("types.h5"))
    let matrix = try file.dataset(at: "matrix")
    #expect(try matrix.readRows(1..<3, as: Float.self) == (6..<18).map(Float.init))
    // numpy.arange(24).reshape(4, 3, 2)[1::2, 0:3:2, 1]
    let slices = [
      Slice(start: 1, count: 2, stride: 2), Slice(start: 0, count: 2, stride: 2),
      Slice(start: 1, count: 1),
    ]
    #expect(try matrix.read(as: Float.self, slices: slices) == [7, 11, 19, 23])
    #expect(try matrix.readRows(4..<4, as: Float.self) == [])
    #expect(try file.dataset(at: "scalar").read(as: Float.self, slices: []) == [3.25])
    let filtered = try File.open(fixture("storage.h5")).dataset(at: "filtered")
    #expect(
      try filtered.readRows(13..<15, as: Double.self) == (260..<300).map { Double(Float($0) / 7) })
  }

  @Test("A slice out of bounds is an error that contains the slice")
  func refusesSlicesOutside() throws {
    let path = fixture("types.h5")
    let matrix = try File.open(path).dataset(at: "matrix")
    #expect(
      message { () throws(HDF5Error) in try matrix.readRows(3..<5, as: Float.self) }
        == "Cannot read '/matrix' in '\(path)': 2 from 3 is outside of a dimension of 4")
    for slice in [
      Slice(start: -1, count: 1), Slice(start: 0, count: -1), Slice(start: 0, count: 3, stride: 2),
      Slice(start: 0, count: 2, stride: 0), Slice(start: 1, count: .max, stride: .max),
      Slice(start: .max, count: 1),
    ] {
      let text = message { () throws(HDF5Error) in
        try matrix.read(as: Float.self, slices: [slice, Slice(0..<3), Slice(0..<2)])
      }
      #expect(text.hasSuffix("is outside of a dimension of 4"), "\(slice)")
    }
    #expect(
      message { () throws(HDF5Error) in try matrix.read(as: Float.self, slices: []) }
        .hasSuffix("0 slices for 3 dimensions"))
  }

  @Test("A dataset can be read after the lifetime of its file has ended")
  func outlivesFile() throws {
    func dataset() throws(HDF5Error) -> Dataset {
      try File.open(fixture("types.h5")).dataset(at: "scalar")
    }
    #expect(try dataset().read(as: Float.self) == [3.25])
  }
}
