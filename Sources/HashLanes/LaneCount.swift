internal import CSipHash

/// How many hashes one vector register of the CPU computes at once.
package enum LaneCount: Int, Sendable, CaseIterable {
  /// 128-bit registers: every x86-64 and arm64 CPU.
  case two = 2
  /// AVX2.
  case four = 4
  /// AVX-512.
  case eight = 8

  /// The most that this CPU has.
  package static var widest: LaneCount { LaneCount(rawValue: Int(csh_lanes())) ?? .two }

  /// What this CPU has, the narrowest first.
  package static var available: [LaneCount] { allCases.filter { $0.rawValue <= widest.rawValue } }

  /// The instruction set that these lanes take.
  package var name: String {
    switch self {
    case .two: "128 bits"
    case .four: "AVX2"
    case .eight: "AVX-512"
    }
  }
}
