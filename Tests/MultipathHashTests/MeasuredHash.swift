import Glibc
import MultipathHash
import Routing
import TestSupport
import Testing

/// One hash measured on a real kernel: a line of Vectors/vectors.csv.
struct MeasuredHash: Sendable, CustomTestStringConvertible {
  enum Mode: String, Sendable {
    case flowi
    case getroute4
    case packet
  }

  var name: String
  var family: AddressFamily
  var policy: HashPolicy
  var seed: UInt32
  var fields: HashFields
  var mode: Mode
  /// For the modes that have no packet.
  var flow: Flow?
  var packet: [UInt8]
  var hash31: UInt32
  /// The members chosen in groups of `Self.groupWeights`.
  var indices: [Int]

  static let groupWeights: [[UInt32?]] = [[1, 1], [1, 2, 3, 4, 5], [7, 1000, 1, 65535]]

  var testDescription: String { "\(name) policy \(policy.rawValue) fields \(fields.rawValue)" }

  /// The hasher that the kernel was set up as.
  var hasher: MultipathHasher {
    MultipathHasher(family: family, policy: policy, fields: fields, key: HashKey(seed: seed), isLittleEndian: true)
  }

  init?(line: Substring) {
    let cells = line.split(separator: ",", omittingEmptySubsequences: false)
    guard cells.count == 17, let policyNumber = UInt8(cells[2]), let policy = HashPolicy(rawValue: policyNumber),
      let seed = UInt32(cells[3]), let fields = UInt32(cells[4]), let mode = Mode(rawValue: String(cells[5])),
      let hash31 = UInt32(cells[13])
    else { return nil }
    self.name = String(cells[0])
    self.family = cells[1] == "4" ? .ipv4 : .ipv6
    self.policy = policy
    self.seed = seed
    self.fields = HashFields(rawValue: fields)
    self.mode = mode
    self.hash31 = hash31
    packet = bytes(hex: String(cells[12]))
    indices = cells[14...].compactMap { Int($0) }
    guard mode != .packet else { return }
    guard let source = IPAddress(String(cells[6])), let destination = IPAddress(String(cells[7])),
      let sourcePort = UInt16(cells[9]), let destinationPort = UInt16(cells[10])
    else { return nil }
    // RTM_GETROUTE for IPv4 makes up a UDP packet when no protocol is asked for.
    flow = Flow(
      source: source, destination: destination, ipProtocol: UInt8(cells[8]) ?? 17, sourcePort: sourcePort,
      destinationPort: destinationPort, flowLabel: UInt32(cells[11]) ?? 0)
  }

  /// All lines; those that can not be read are left out, which the count shows.
  static let all: [MeasuredHash] = {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return readText("/\(folder)/Vectors/vectors.csv").split(separator: "\n").dropFirst().compactMap(Self.init)
  }()
}

/// The text of the file; empty when it can not be read.
private func readText(_ path: String) -> String {
  let descriptor = unsafe open(path, O_RDONLY)
  guard descriptor >= 0 else { return "" }
  defer { close(descriptor) }
  var text: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return String(decoding: text, as: UTF8.self) }
    text += chunk[..<count]
  }
}
