// swift-tools-version: 6.2

import Glibc
import PackageDescription

/// The settings of every Swift target, with strict memory safety: the compiler requires that every
/// unsafe construct is marked with `unsafe`.
///
/// It does not prove that marked code is correct.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

#if arch(arm64)
let libraries = "/usr/lib/aarch64-linux-gnu/"
#else
let libraries = "/usr/lib/x86_64-linux-gnu/"
#endif

/// Whether archives of the system's libraries are there, to become a part of the programs.
func hasArchives(_ names: String...) -> Bool {
  names.allSatisfy { access(libraries + $0, R_OK) == 0 }
}

/// libhdf5 becomes a part of the programs where its archive is known to need nothing but what is
/// named beside it: on Debian and Ubuntu.
///
/// Their shared library brings libcurl, Kerberos, LDAP and thirty more along, for files in Amazon's
/// cloud, and to load them takes a good part of the time that `predict` needs for a picture.
/// Elsewhere it is the shared library, as pkg-config describes it.
let hdf5: Target =
  hasArchives("libhdf5_serial.a", "libsz.a", "libaec.a")
  ? .systemLibrary(name: "CHDF5", path: "Sources/CHDF5/static", providers: [.apt(["libhdf5-dev"])])
  : .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])])

/// TurboJPEG becomes a part of the programs where its archive is there, so that `predict` loads no
/// further library before it knows whether its pictures need it.
let turboJPEG: Target =
  hasArchives("libturbojpeg.a")
  ? .systemLibrary(
    name: "CTurboJPEG", path: "Sources/CTurboJPEG/static",
    providers: [.apt(["libturbojpeg0-dev"])])
  : .systemLibrary(
    name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])])

/// The same for libpng and zlib.
let png: Target =
  hasArchives("libpng16.a")
  ? .systemLibrary(name: "CPNG", path: "Sources/CPNG/static", providers: [.apt(["libpng-dev"])])
  : .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])])
let zlib: Target =
  hasArchives("libz.a")
  ? .systemLibrary(name: "CZlib", path: "Sources/CZlib/static", providers: [.apt(["zlib1g-dev"])])
  : .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])])

let package = Package(
  name: "cairn",
  products: [
    // One product: `import Cairn` brings all of it, and each module can be imported alone.
    .library(
      name: "Cairn",
      targets: [
        "Cairn", "Files", "JSON", "Tensors", "NeuralNetwork", "Datasets", "HDF5", "Images", "Zip",
        "CheckpointStore", "ModelFiles", "Checkpoints", "Conversion", "Plots", "Ranks", "Threads",
        "Training", "Inference", "Inspection",
      ]),
    .executable(name: "cairn", targets: ["Dispatcher"]),
    .executable(name: "train", targets: ["train"]),
    .executable(name: "predict", targets: ["predict"]),
    .executable(name: "inspect", targets: ["inspect"]),
    .executable(name: "convert", targets: ["convert"]),
    .executable(name: "serve", targets: ["serve"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // C: the system's libraries, the compute kernels, and digests of many pieces.
    hdf5,
    png,
    turboJPEG,
    zlib,
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CSHA256"),
    .target(name: "CThreads"),
    .target(name: "CSandbox"),
    .target(name: "CMPI", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CRanks"),

    // How a programmer's mistake is reported, in release builds too.
    .target(name: "Preconditions", swiftSettings: settings),

    // Foundations: each knows nothing of the others, but for files and threads.
    .target(name: "Files", dependencies: ["CSHA256", "CZlib"], swiftSettings: settings),
    .target(name: "Deflate", dependencies: ["CZlib", "Sandbox"], swiftSettings: settings),
    .target(
      name: "HDF5", dependencies: ["CHDF5", "Deflate", "Files", "Preconditions", "Sandbox"],
      swiftSettings: settings),
    .target(name: "Sandbox", dependencies: ["CSandbox"], swiftSettings: settings),
    .target(name: "Console", dependencies: ["Files", "Preconditions"], swiftSettings: settings),
    .target(
      name: "Images", dependencies: ["CPNG", "CTurboJPEG", "Files", "Preconditions", "Sandbox"],
      swiftSettings: settings),
    .target(name: "JSON", dependencies: ["Preconditions"], swiftSettings: settings),
    .target(name: "Plots", dependencies: ["Images"], swiftSettings: settings),
    .target(name: "Protobuf", dependencies: ["Files"], swiftSettings: settings),
    .target(name: "TensorBoard", dependencies: ["Files", "Protobuf"], swiftSettings: settings),
    .target(
      name: "Tensors", dependencies: ["CKernels", "Preconditions", "Threads"],
      swiftSettings: settings
    ),
    .target(name: "Threads", dependencies: ["CThreads", "Preconditions"], swiftSettings: settings),
    .target(
      name: "Zip", dependencies: ["Deflate", "Files", "Preconditions", "Sandbox"],
      swiftSettings: settings),

    // The domain.
    .target(
      name: "Ranks", dependencies: ["CRanks", "CMPI", "Preconditions", "Tensors", "Threads"],
      swiftSettings: settings),
    .target(
      name: "NeuralNetwork", dependencies: ["JSON", "Preconditions", "Tensors", "Threads"],
      swiftSettings: settings
    ),
    .target(
      name: "Datasets",
      dependencies: [
        "Deflate", "Files", "HDF5", "Images", "Preconditions", "Sandbox", "Tensors", "Threads",
        "Zip",
      ],
      swiftSettings: settings),
    // Checkpoints as bytes: depends on no model and no file format.
    .target(
      name: "CheckpointStore",
      dependencies: [
        "CSHA256", "Files", "Threads",
      ],
      swiftSettings: settings),
    .target(
      name: "ONNX", dependencies: ["NeuralNetwork", "Protobuf", "Tensors"],
      swiftSettings: settings),
    .target(
      name: "ModelFiles",
      dependencies: [
        "CheckpointStore", "Files", "HDF5", "JSON", "NeuralNetwork", "ONNX", "Preconditions",
        "Tensors", "Zip",
      ],
      swiftSettings: settings),
    .target(
      name: "Checkpoints",
      dependencies: [
        "CheckpointStore", "Files", "HDF5", "JSON", "ModelFiles", "NeuralNetwork", "Preconditions",
        "Tensors", "Threads",
      ],
      swiftSettings: settings),

    .target(
      name: "Conversion",
      dependencies: [
        "CheckpointStore", "Checkpoints", "Inspection", "ModelFiles", "NeuralNetwork", "Tensors",
      ], swiftSettings: settings),

    // Applications: what the programs do, without arguments and printing.
    .target(
      name: "Training",
      dependencies: [
        "CheckpointStore", "Checkpoints", "Datasets", "Files", "Images", "Inference", "JSON",
        "ModelFiles", "NeuralNetwork", "Plots", "Preconditions", "Ranks", "TensorBoard",
        "Tensors", "Threads",
      ], swiftSettings: settings),
    .target(
      name: "Inference",
      dependencies: [
        "CheckpointStore", "Checkpoints", "Datasets", "Files", "Images", "JSON", "ModelFiles",
        "NeuralNetwork", "Preconditions", "Tensors", "Threads",
      ],
      swiftSettings: settings),
    .target(
      name: "Serving",
      dependencies: [
        "Files", "Images", "Inference", "JSON", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      resources: [.embedInCode("Resources/page.html")], swiftSettings: settings),
    // It has no access to `package` declarations: what it reads in files, every user can.
    .target(
      name: "Inspection",
      dependencies: [
        "CheckpointStore", "Checkpoints", "Files", "HDF5", "JSON", "ModelFiles", "NeuralNetwork",
        "Preconditions", "Tensors", "Zip",
      ],
      packageAccess: false, swiftSettings: settings),

    // All of the library under one name.
    .target(
      name: "Cairn",
      dependencies: [
        "CheckpointStore", "Checkpoints", "Conversion", "Datasets", "Files", "Images", "Inference",
        "Inspection", "JSON", "ModelFiles", "NeuralNetwork", "Plots", "Ranks", "Sandbox",
        "Tensors", "Threads", "Training",
      ], swiftSettings: settings),

    // `cairn NAME`, which becomes the program NAME.
    .executableTarget(name: "Dispatcher"),

    // The programs: they parse arguments, call the library, print.
    .target(
      name: "Arguments",
      dependencies: [
        "Checkpoints", "Console", "Files", "ModelFiles", "Sandbox", "Tensors", argumentParser,
      ],
      swiftSettings: settings),
    // What the programs share that several processes of a job can run.
    .target(
      name: "RankArguments",
      dependencies: ["Arguments", "Console", "Ranks", "Threads", argumentParser],
      swiftSettings: settings),
    // What the programs that classify pictures share.
    .target(
      name: "ModelArguments",
      dependencies: [
        "Arguments", "CheckpointStore", "Checkpoints", "Console", "Datasets", "Files", "Images",
        "Inference", "ModelFiles", argumentParser,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "inspect",
      dependencies: [
        "Arguments", "CheckpointStore", "Checkpoints", "Console", "HDF5", "Inspection", "JSON",
        "ModelFiles", "Sandbox", argumentParser,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "convert",
      dependencies: [
        "Arguments", "Checkpoints", "Console", "Conversion", "Files", "JSON", "ModelFiles",
        "NeuralNetwork", "Sandbox", argumentParser,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "predict",
      dependencies: [
        "Arguments", "Console", "Files", "Images", "Inference", "JSON", "ModelArguments", "Plots",
        "RankArguments", "Ranks", "Sandbox", "Threads", argumentParser,
      ],
      swiftSettings: settings),
    // The only program that links a network library.
    .executableTarget(
      name: "serve",
      dependencies: [
        "Arguments", "Console", "Inference", "ModelArguments", "Sandbox", "Serving", "Threads",
        argumentParser,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "train",
      dependencies: [
        "Arguments", "CheckpointStore", "Checkpoints", "Console", "Datasets", "Files", "Images",
        "Inference", "Inspection", "JSON", "ModelFiles", "NeuralNetwork", "RankArguments", "Ranks",
        "Sandbox", "Tensors", "Threads", "Training", argumentParser,
      ], swiftSettings: settings),

    // What tools/bench compares with other frameworks.
    .target(name: "Machine", path: "tools/bench/machine"),
    .executableTarget(
      name: "benchmark",
      dependencies: [
        "CKernels", "CheckpointStore", "Checkpoints", "Datasets", "Images", "JSON", "Machine",
        "ModelFiles", "NeuralNetwork", "Tensors", "Threads",
      ],
      path: "tools/bench/benchmark", swiftSettings: settings),

    // What tools/install makes manual pages with.
    .executableTarget(
      name: "manual", dependencies: ["JSON"], path: "tools/manual", swiftSettings: settings),

    // The code of the package in tools/example, so that the tests need not compile Cairn again.
    .executableTarget(
      name: "example", dependencies: ["Cairn"], path: "tools/example/Sources/example",
      packageAccess: false),

    // What tools/check-keras lets real Keras compare with itself.
    .executableTarget(
      name: "judge",
      dependencies: ["Checkpoints", "HDF5", "ModelFiles", "NeuralNetwork", "Tensors"],
      path: "tools/keras/judge", swiftSettings: settings),

    // What tools/check-store breaks, and what breaks it.
    .executableTarget(
      name: "store-driver",
      dependencies: [
        "Arguments", "CheckpointStore", "Checkpoints", "Console", "Datasets", "JSON", "ModelFiles",
        "NeuralNetwork", "Tensors", "Threads", "Training",
      ],
      path: "tools/reliability/store-driver", swiftSettings: settings),
    .executableTarget(
      name: "stress",
      dependencies: [
        "CheckpointStore", "Checkpoints", "Console", "Files", "HDF5", "JSON", "ModelFiles",
        "RunSupport", "TestSupport", argumentParser,
      ],
      path: "tools/reliability/stress", swiftSettings: settings),

    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .target(
      name: "TestSupport", dependencies: ["CTestSupport", "Sandbox"], path: "Tests/TestSupport",
      swiftSettings: settings),
    // What the tests and the fuzzer give arbitrary bytes to.
    .target(
      name: "Fuzzing",
      dependencies: [
        "CSandbox", "CheckpointStore", "Datasets", "Files", "HDF5", "Images", "Inspection", "JSON",
        "ModelFiles", "Protobuf", "Sandbox", "TensorBoard", "TestSupport", "Zip",
      ],
      path: "Tests/Fuzzing", exclude: ["Corpora", "Regressions", "slices.h5"],
      swiftSettings: settings),
    .target(
      name: "RunSupport", dependencies: ["HDF5", "Images", "TestSupport", "Zip"],
      path: "Tests/RunSupport", swiftSettings: settings),
    // Jobs of several processes, as threads of one.
    .target(
      name: "RankSupport", dependencies: ["Ranks"], path: "Tests/RankSupport",
      swiftSettings: settings),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "FuzzingTests", dependencies: ["Fuzzing", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "FilesTests", dependencies: ["CSHA256", "Files", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "DeflateTests", dependencies: ["CZlib", "Deflate", "Sandbox"],
      swiftSettings: settings),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
    .testTarget(
      name: "TensorsTests", dependencies: ["CKernels", "Tensors", "TestSupport", "Threads"],
      swiftSettings: settings),
    .testTarget(
      name: "ThreadsTests", dependencies: ["TestSupport", "Threads"], swiftSettings: settings),
    .testTarget(
      name: "NeuralNetworkTests",
      dependencies: [
        "HDF5", "JSON", "NeuralNetwork", "Preconditions", "Tensors", "TestSupport", "Threads",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "DatasetsTests",
      dependencies: ["CZlib", "Datasets", "Images", "Tensors", "TestSupport", "Threads", "Zip"],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "ImagesTests", dependencies: ["Files", "Images", "Sandbox", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "PlotsTests", dependencies: ["Images", "Plots", "TestSupport"], exclude: ["Fixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "ONNXTests",
      dependencies: [
        "Checkpoints", "Conversion", "JSON", "ModelFiles", "NeuralNetwork", "ONNX", "Protobuf",
        "Tensors", "TestSupport",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "TensorBoardTests", dependencies: ["JSON", "TensorBoard", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "InferenceTests",
      dependencies: [
        "Checkpoints", "Images", "Inference", "JSON", "ModelFiles", "NeuralNetwork", "RankSupport",
        "Ranks", "RunSupport", "Tensors", "TestSupport",
      ],
      exclude: ["Fixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "ServingTests",
      dependencies: ["Images", "Inference", "JSON", "Serving", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "InspectionTests",
      dependencies: [
        "inspect", "Checkpoints", "Console", "HDF5", "Inspection", "JSON", "NeuralNetwork",
        "Tensors", "TestSupport", "Zip",
      ], exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "CheckpointStoreTests", dependencies: ["CheckpointStore", "Files", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "CheckpointsTests",
      dependencies: [
        "CSHA256", "CheckpointStore", "Checkpoints", "Conversion", "Files", "HDF5", "Inspection",
        "JSON", "ModelFiles", "NeuralNetwork", "Tensors", "TestSupport", "Zip",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "CheckpointStore", "Checkpoints", "Datasets", "Inference", "JSON", "ModelFiles",
        "NeuralNetwork", "RankSupport", "Ranks", "Tensors", "TestSupport", "Training",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "RanksTests", dependencies: ["RankSupport", "Ranks", "Tensors"],
      swiftSettings: settings),
    .testTarget(
      name: "ProgramTests",
      dependencies: [
        "Dispatcher", "train", "predict", "inspect", "convert", "serve", "Checkpoints", "Images",
        "JSON", "ModelFiles", "NeuralNetwork", "RunSupport", "TensorBoard", "Tensors",
        "TestSupport", "Zip",
      ], exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "DocumentationTests", dependencies: ["Cairn", "TestSupport"],
      packageAccess: false, swiftSettings: settings),
    .testTarget(
      name: "ConsoleTests", dependencies: ["Console", "TestSupport"], exclude: ["Fixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "CairnTests", dependencies: ["Cairn", "TestSupport"], packageAccess: false,
      swiftSettings: settings),
    .testTarget(name: "ZipTests", dependencies: ["TestSupport", "Zip"], swiftSettings: settings),
    .testTarget(
      name: "SandboxTests", dependencies: ["CSandbox", "Sandbox", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "HDF5Tests", dependencies: ["Files", "HDF5", "Sandbox", "TestSupport"],
      exclude: ["Fixtures"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

// A plain `swift build` makes the library and the programs that most people need. CAIRN_ALL in the
// environment, which the scripts in tools set, adds `serve`, whose network library takes a fifth of
// the time of a first build, and the programs that only those need who work on Cairn.
if Context.environment["CAIRN_ALL"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"))
} else {
  let left: Set = [
    "Serving", "serve", "ServingTests", "Machine", "benchmark", "example", "judge", "manual",
    "store-driver", "stress", "Fuzzing", "FuzzingTests",
  ]
  package.targets.removeAll { left.contains($0.name) }
  package.products.removeAll { left.contains($0.name) }
  package.targets.first { $0.name == "ProgramTests" }?.dependencies.removeAll {
    if case .byNameItem("serve", _) = $0 { true } else { false }
  }
}

// CAIRN_FUZZ, which tools/check-fuzz sets, adds the program with the fuzzer, which observes the
// modules that read files and messages.
if Context.environment["CAIRN_FUZZ"] != nil {
  let observed: Set = [
    "CheckpointStore", "Datasets", "Files", "HDF5", "Images", "Inspection", "JSON", "ModelFiles",
    "Protobuf", "Sandbox", "TensorBoard", "Zip",
  ]
  for target in package.targets where observed.contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer"]))
  }
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["Fuzzing"], path: "tools/fuzz",
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
