import Netlink
import TestSupport
import Testing

@testable import KernelRouting

/// Answers of ETHTOOL_MSG_FEATURES_GET, cut to a few bits.
struct InterfaceFeaturesWireTests {
  private static func answer(_ names: [String]) throws -> [UInt8] {
    var writer = AttributeWriter()
    writer.append(header: [ETHTOOL_MSG_FEATURES_GET, 1, 0, 0])
    writer.nest(ETHTOOL_A_FEATURES_HEADER) {
      $0.append(ETHTOOL_A_HEADER_DEV_INDEX, UInt32(4))
      $0.append(2, text: "eth0")
    }
    writer.nest(ETHTOOL_A_FEATURES_ACTIVE) {
      $0.append(flag: 1)
      $0.append(2, UInt32(64))
      $0.nest(ETHTOOL_A_BITSET_BITS) {
        for (index, name) in names.enumerated() {
          $0.nest(1) {
            $0.append(1, UInt32(index))
            $0.append(ETHTOOL_A_BITSET_BIT_NAME, text: name)
          }
        }
      }
    }
    return try writer.finished()
  }

  @Test(arguments: [(["tx-gso-robust", "rx-hashing"], true), (["rx-gro"], false), ([], false)])
  func `rx-hashing is on when it is among the active bits`(names: [String], isOn: Bool) throws {
    let bytes = try Self.answer(names)
    let features = try #require(
      try bytes.withRawSpan { (wire) throws(WireError) in try InterfaceFeatures(wire: wire) })
    #expect(features.interface == 4 && features.hashesOnReceive == isOn)
  }

  @Test func `Every truncation is an error or says nothing wrong`() throws {
    let bytes = try Self.answer(["rx-hashing"])
    for count in 0..<bytes.count - 1 {
      let features = try? Array(bytes[..<count]).withRawSpan { (wire) throws(WireError) in
        try InterfaceFeatures(wire: wire)
      }
      #expect(features == nil || features?.hashesOnReceive == true, "\(count) bytes")
    }
  }
}
