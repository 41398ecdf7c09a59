import Datasets
import Images

/// Loads a folder of pictures, for `tools/bench/pictures/run`.
struct Pictures {
  let folder: String

  /// Prints the number of pictures, the seconds from opening the folder to the last decoded
  /// picture, and a sum over all bytes.
  func run() throws {
    let start = ContinuousClock.now
    var options = LoadingOptions()
    options.size = .init(width: 64, height: 64)
    options.color = .rgb
    let data = try DataSource(opening: folder, options: options).load()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let sum = (data.train.bytes ?? []).reduce(UInt64(0)) { $0 + UInt64($1) }
    print(data.train.count, seconds, sum)
  }
}
