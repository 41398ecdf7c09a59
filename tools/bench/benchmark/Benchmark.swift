import Tensors
import Threads

/// Cairn's side of `tools/bench/bench`.
///
///     benchmark worker THREADS DIRECTORY    takes orders from the driver
///     benchmark parts                       measures the kernels against the machine's peak
///     benchmark saves DIRECTORY FOLDER N    measures what N saves into the folder cost a training
///     benchmark pictures FOLDER THREADS     measures loading a folder of pictures of 64 x 64
///     benchmark recurrent                   measures recurrent layers
///     benchmark network NAME THREADS        takes orders: see `NetworkWorker`
///     benchmark network NAME THREADS --profile   prints where the time of a step goes
///     benchmark file MODEL THREADS          takes orders: see `FileWorker`
///     benchmark load CKPT                   measures loading weights against reading their bytes
@main
struct Benchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("worker", 3):
      guard let threads = Int(arguments[2]), threads > 0 else { fallthrough }
      Threads.count = threads
      var worker = try Worker(dataDirectory: arguments[3])
      try worker.serve()
    case ("parts", 1):
      Parts(inputs: 21632).run()
      Parts(inputs: 1024).run()
    case ("saves", 4):
      guard let count = Int(arguments[4]), count > 0 else { fallthrough }
      var saves = try Saves(dataDirectory: arguments[2], folder: arguments[3])
      try saves.run(count: count)
    case ("recurrent", 1): Recurrent().run()
    case ("network", 3), ("network", 4):
      guard let network = Network(rawValue: arguments[2]), let threads = Int(arguments[3]),
        threads > 0, arguments.count == 3 || arguments[4] == "--profile"
      else { fallthrough }
      Threads.count = threads
      let worker = NetworkWorker(network)
      if arguments.count == 3 { worker.serve() } else { worker.profile(32, steps: 40) }
    case ("file", 3):
      guard let threads = Int(arguments[3]), threads > 0 else { fallthrough }
      Threads.count = threads
      var worker = FileWorker(path: arguments[2])
      try worker.serve()
    case ("load", 2):
      try Loading(path: arguments[2]).run()
    case ("pictures", 3):
      guard let threads = Int(arguments[3]), threads > 0 else { fallthrough }
      Threads.count = threads
      try Pictures(folder: arguments[2]).run()
    default:
      print(
        """
        usage: benchmark worker THREADS DIRECTORY | benchmark parts
               benchmark saves DIRECTORY FOLDER N | benchmark load CKPT
               benchmark pictures FOLDER THREADS | benchmark recurrent
               benchmark network NAME THREADS [--profile]
               benchmark file MODEL THREADS
        """)
    }
  }
}
