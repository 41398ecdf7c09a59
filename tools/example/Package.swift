// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "example",
  dependencies: [
    // Elsewhere: .package(url: "https://…/cairn", from: "0.2.0")
    .package(name: "cairn", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "example", dependencies: [.product(name: "Cairn", package: "cairn")])
  ]
)
