import Datasets
import Sandbox

extension MemoryFile {
  /// Loads the file as a source of labelled images, in this process.
  func loadData() {
    var options = LoadingOptions()
    options.reader = .unconfined
    guard let source = try? DataSource(opening: path, options: options) else { return }
    _ = try? source.load()
  }
}
