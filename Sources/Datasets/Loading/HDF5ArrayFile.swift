import HDF5
import Sandbox

/// Arrays in an HDF5 file, as datasets of its root group.
struct HDF5ArrayFile: ArrayFile {
  let path: String
  let names: [String]
  private let reader: Reader

  /// Reads the names.
  init(_ path: String, reader: Reader) throws(DatasetError) {
    (self.path, self.reader) = (path, reader)
    names = try Self.attempt(path) { () throws(HDF5Error) in
      let file = try HDF5.File.open(path, limits: Limits(reader: reader))
      return try file.root.members.filter { $0.kind == .dataset }.map(\.name)
    }
  }

  func outline(of name: String) throws(DatasetError) -> (shape: [Int], kind: NumberArray.Kind) {
    let (shape, type) = try Self.attempt(path) { () throws(HDF5Error) in
      let dataset = try HDF5.File.open(path, limits: Limits(reader: reader)).dataset(at: name)
      return (dataset.shape, dataset.elementType)
    }
    return (shape, try kind(of: type, name))
  }

  func array(_ name: String) throws(DatasetError) -> NumberArray {
    let (_, kind) = try outline(of: name)
    return try Self.attempt(path) { () throws(HDF5Error) in
      let limits = Limits(bytesPerRead: PhysicalMemory.byteCount, reader: reader)
      let dataset = try HDF5.File.open(path, limits: limits).dataset(at: name)
      let elements: NumberArray.Elements =
        switch kind {
        case .bytes: .bytes(try dataset.read(as: UInt8.self))
        case .integers: .integers(try dataset.read(as: Int64.self))
        case .floats: .floats(try dataset.read(as: Float.self))
        }
      return NumberArray(shape: dataset.shape, elements: elements)
    }
  }

  func texts(_ name: String) throws(DatasetError) -> [String] {
    let (shape, texts) = try Self.attempt(path) { () throws(HDF5Error) in
      let limits = Limits(bytesPerRead: 1 << 24, reader: reader)
      let dataset = try HDF5.File.open(path, limits: limits).dataset(at: name)
      return (dataset.shape, try dataset.readStrings())
    }
    guard shape.count == 1 else {
      throw .damaged(
        path: path, reason: "the shape of '\(name)' is \(shape), but names have the shape [count]")
    }
    return texts
  }

  private func kind(of type: ElementType, _ name: String) throws(DatasetError) -> NumberArray.Kind {
    switch type {
    case .integer(bits: 8, signed: false, _): return .bytes
    case .integer: return .integers
    case .float16, .bfloat16, .float32, .float64: return .floats
    default:
      throw .damaged(
        path: path, reason: "'\(name)' cannot be read: its elements are \(type), not numbers")
    }
  }

  private static func attempt<Result>(
    _ path: String, _ body: () throws(HDF5Error) -> Result
  ) throws(DatasetError) -> Result {
    do throws(HDF5Error) { return try body() } catch {
      switch error.cause {
      case .fileNotFound(let reason), .fileUnreadable(let reason):
        throw .unreadable(path: path, reason: reason)
      default:
        let subject =
          error.object.map { $0 == "/" ? "" : "'\($0)' cannot be read: " } ?? ""
        throw .damaged(path: path, reason: "\(subject)\(error.cause)")
      }
    }
  }
}
