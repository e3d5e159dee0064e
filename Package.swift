// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
  name: "ecmpctl",
  products: [.executable(name: "ecmpctl", targets: ["ecmpctl"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // The shell: bytes from and to the kernel.
    .systemLibrary(
      name: "CLibnl", pkgConfig: "libnl-route-3.0",
      providers: [.apt(["libnl-3-dev", "libnl-route-3-dev"])]),
    .target(name: "CNetlink", dependencies: ["CLibnl"]),
    module("Netlink", ["CNetlink"]),
    module("KernelRouting", ["Netlink", "Routing"]),

    // The core: values, and what follows from them.
    module("Routing"),
    module("MultipathHash", ["Routing"]),
    module("Forwarding", ["Routing", "MultipathHash"]),
    module("Placement", ["Routing", "Forwarding"]),

    // Files and streams.
    module("JSON"),
    module("Snapshots", ["Routing", "JSON"]),
    module("FlowSources", ["Routing", "JSON"]),
    module("Rendering", ["Routing", "Placement", "JSON"]),

    .executableTarget(
      name: "ecmpctl",
      dependencies: [
        "KernelRouting", "Forwarding", "Placement", "FlowSources", "Snapshots", "Rendering",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests("RoutingTests", ["Routing"]),
    tests("JSONTests", ["JSON"]),
    tests("MultipathHashTests", ["MultipathHash", "JSON"], resources: [.copy("Vectors")]),
    tests("NetlinkTests", ["Netlink"]),
    tests("KernelRoutingTests", ["KernelRouting", "TestSupport"]),
    tests("ForwardingTests", ["Forwarding", "TestSupport"]),
    tests("PlacementTests", ["Placement"]),
    tests("SnapshotsTests", ["Snapshots", "TestSupport"], resources: [.copy("Dumps")]),
    tests("FlowSourcesTests", ["FlowSources"]),
    tests("RenderingTests", ["Rendering", "KernelRouting", "TestSupport"]),
    tests("CommandTests", ["JSON", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
