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
      name: "CLibnl", pkgConfig: "libnl-3.0",
      providers: [.apt(["libnl-3-dev"])]),
    .target(name: "CNetlink", dependencies: ["CLibnl"]),
    module("Netlink", ["CNetlink"]),
    module("KernelRouting", ["Netlink", "Routing"]),
    module("Scratch", ["Netlink", "KernelRouting", "Routing"]),
    // A state, built again where it can be asked and changed.
    module("Shadow", ["Scratch", "KernelRouting", "Netlink", "Routing"]),
    .target(name: "CPacketSocket"),
    module("PacketSockets", ["CPacketSocket", "Netlink"]),

    // The core: values, and what follows from them.
    module("Routing"),
    module("MultipathHash", ["Routing"]),
    module("Forwarding", ["Routing", "MultipathHash", "HashLanes"]),
    module("Planning", ["Routing", "MultipathHash", "Forwarding", "Placement"]),
    module("Placement", ["Routing", "Forwarding", "HashLanes", "MultipathHash"]),
    module("Paths", ["Routing", "Forwarding"]),

    // The hash of many inputs, or under many keys, in the lanes of the CPU's vector registers.
    .target(name: "CSipHash"),
    module("HashLanes", ["CSipHash", "MultipathHash", "Routing"]),

    // Files and streams.
    module("JSON"),
    module("Snapshots", ["Routing", "Planning", "JSON", "Files"]),
    module("Files"),
    .target(name: "CPcap"),
    module("Captures", ["CPcap", "Files", "MultipathHash", "Routing"]),
    module("FlowSources", ["Routing", "JSON", "Files"]),
    module(
      "Rendering", ["Routing", "MultipathHash", "Forwarding", "Placement", "Planning", "Paths", "JSON", "Files"]),

    // The hash key of a kernel that does not tell it.
    module(
      "SeedRecovery",
      ["Measurement", "Forwarding", "HashLanes", "KernelRouting", "MultipathHash", "Routing", "Files", "JSON"]),

    // A plan carried out, with a journal on the disk.
    module(
      "Transactions", ["Planning", "KernelRouting", "Netlink", "Snapshots", "Files", "JSON", "Routing"]),

    // Prediction and kernel, side by side.
    module(
      "Measurement",
      ["Scratch", "KernelRouting", "PacketSockets", "Forwarding", "MultipathHash", "Routing", "Netlink"]),
    module("Verification", ["Netlink", "KernelRouting", "Measurement", "Forwarding", "MultipathHash", "Routing"]),

    .executableTarget(
      name: "ecmpctl",
      dependencies: [
        "KernelRouting", "Netlink", "Measurement", "Verification", "MultipathHash", "Routing", "JSON", "Files",
        "Forwarding", "Placement", "Planning", "Paths", "FlowSources", "Captures", "Snapshots", "Rendering", "SeedRecovery",
        "HashLanes", "Shadow", "Transactions",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // What Scripts/demo sends through its lab; not for users. Socket calls take pointers, so it is not strict.
    .executableTarget(name: "lab-udp"),

    // What Scripts/conformance runs on each kernel; not for users.
    .executableTarget(
      name: "conformance",
      dependencies: [
        "Scratch", "KernelRouting", "PacketSockets", "Measurement", "MultipathHash", "Routing", "Forwarding", "Rendering",
        "TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // What Scripts/bench measures; not for users. It starts programs, which takes pointers, so it is not strict.
    .executableTarget(
      name: "speed-bench",
      dependencies: ["FlowSources", "Forwarding", "HashLanes", "KernelRouting", "MultipathHash", "Routing"]),

    // What Scripts/bench-seed measures; not for users.
    .executableTarget(
      name: "seed-bench", dependencies: ["HashLanes", "MultipathHash", "Routing"], swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["CSocketLab", "KernelRouting", "Netlink", "Routing"], path: "Tests/TestSupport",
      swiftSettings: settings),
    tests("RoutingTests", ["Routing", "TestSupport"]),
    tests("JSONTests", ["JSON", "TestSupport"]),
    tests("MultipathHashTests", ["MultipathHash", "Routing", "TestSupport"], resources: [.copy("Vectors")]),
    tests("HashLanesTests", ["HashLanes", "MultipathHash", "Routing", "TestSupport"]),
    tests(
      "SeedRecoveryTests",
      [
        "SeedRecovery", "HashLanes", "KernelRouting", "Forwarding", "Verification", "FlowSources", "MultipathHash",
        "Routing", "Files", "TestSupport",
      ]),
    tests("NetlinkTests", ["Netlink", "TestSupport"]),
    tests("PacketSocketsTests", ["PacketSockets", "Netlink", "TestSupport"]),
    tests("KernelRoutingTests", ["KernelRouting", "TestSupport"]),
    tests("ScratchTests", ["Scratch", "KernelRouting", "Netlink", "Routing", "TestSupport"]),
    tests(
      "ShadowTests",
      ["Shadow", "Scratch", "KernelRouting", "Netlink", "Routing", "FlowSources", "Verification", "TestSupport"]),
    tests(
      "MeasurementTests",
      ["Measurement", "Scratch", "Forwarding", "MultipathHash", "KernelRouting", "Netlink", "Routing", "TestSupport"]),
    // Sockets of every kind, made as programs make them, for the live tests alone.
    .target(name: "CSocketLab", path: "Tests/CSocketLab"),
    tests(
      "ForwardingTests",
      [
        "Forwarding", "MultipathHash", "Routing", "Verification", "FlowSources", "KernelRouting", "PacketSockets",
        "CSocketLab", "TestSupport",
      ]),
    tests("PathsTests", ["Paths", "Forwarding", "Routing", "TestSupport"]),
    tests("PlacementTests", ["Placement", "Forwarding", "MultipathHash", "Routing", "TestSupport"]),
    tests(
      "PlanningTests",
      [
        "Planning", "Placement", "Forwarding", "FlowSources", "Verification", "KernelRouting", "Rendering", "Routing",
        "Snapshots", "JSON", "TestSupport",
      ]),
    tests(
      "TransactionsTests",
      ["Transactions", "Planning", "KernelRouting", "Netlink", "Files", "JSON", "Routing", "TestSupport"]),
    tests(
      "SnapshotsTests", ["Snapshots", "Planning", "Rendering", "Routing", "JSON", "Files", "TestSupport"],
      resources: [.copy("Dumps")]),
    tests("CapturesTests", ["Captures", "Files", "MultipathHash", "TestSupport"]),
    tests("FlowSourcesTests", ["FlowSources", "Files", "Routing", "TestSupport"]),
    tests("RenderingTests", ["Rendering", "Forwarding", "KernelRouting", "Routing", "TestSupport"]),
    tests(
      "CommandTests",
      [
        "Files", "Forwarding", "Placement", "Planning", "Paths", "Rendering", "JSON", "KernelRouting", "Netlink",
        "PacketSockets", "Routing", "Snapshots", "Transactions", "TestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// The micro benchmarks bring a package that nothing else needs: Scripts/bench builds them.
if Context.environment["ECMPCTL_MICRO_BENCH"] != nil {
  package.dependencies.append(.package(url: "https://github.com/google/swift-benchmark", from: "0.1.2"))
  package.targets.append(
    .executableTarget(
      name: "micro-bench",
      dependencies: [
        "FlowSources", "Forwarding", "HashLanes", "MultipathHash", "Routing",
        .product(name: "Benchmark", package: "swift-benchmark"),
      ],
      swiftSettings: settings))
}

// The fuzz targets link only with libFuzzer, which brings main(): Scripts/fuzz builds them.
if Context.environment["ECMPCTL_FUZZ"] != nil {
  func fuzz(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
      name: name, dependencies: dependencies + ["FuzzSupport"], path: "Fuzz/\(folder)", swiftSettings: settings)
  }
  package.targets += [
    .target(name: "FuzzSupport", path: "Fuzz/Support", swiftSettings: settings),
    fuzz("fuzz-packets", "Packets", ["MultipathHash", "Forwarding", "Rendering", "Routing"]),
    fuzz("fuzz-captures", "Captures", ["Captures", "Files", "MultipathHash"]),
    fuzz("fuzz-flows", "Flows", ["FlowSources", "Routing"]),
    fuzz("fuzz-snapshots", "Snapshots", ["Snapshots", "Forwarding", "Planning", "Rendering", "FlowSources", "Routing"]),
    fuzz("fuzz-commands", "Commands", ["Planning", "Forwarding", "Routing"]),
    fuzz("fuzz-topologies", "Topologies", ["Paths", "Forwarding", "Routing"]),
    fuzz("fuzz-messages", "Messages", ["KernelRouting", "Netlink", "Routing"]),
  ]
}
