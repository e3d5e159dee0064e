internal import Netlink
internal import Routing

/// What tells whether packets come in with a hash on them: steering, features and drivers of the interfaces.
extension Kernel {
  /// Fills in what can be read; the rest stays nil.
  borrowing func readDevices(_ links: [Link], into settings: inout KernelSettings) {
    if isInOwnNamespace, Self.deviceTreeShows(links) {
      Self.readDeviceTree("/sys", links, into: &settings)
    } else if let tree = try? DeviceTree() {
      Self.readDeviceTree(tree.path, links, into: &settings)
    }
    guard let hashing = try? Self.receiveHashing() else { return }
    for link in links { settings.interfaces[link.name]?.receiveHashing = hashing[link.index] }
  }

  /// Whether /sys/class/net shows the interfaces of this namespace: it shows those of the namespace in which it was
  /// mounted, whichever thread looks.
  private static func deviceTreeShows(_ links: [Link]) -> Bool {
    System.isSameFile("/proc/thread-self/ns/net", "/proc/self/ns/net")
      && links.allSatisfy { Sysctl.text("/sys/class/net/\($0.name)/ifindex") == String($0.index) }
  }

  private static func readDeviceTree(_ root: String, _ links: [Link], into settings: inout KernelSettings) {
    for link in links {
      let device = "\(root)/class/net/\(link.name)"
      settings.interfaces[link.name]?.receivePacketSteering = receivePacketSteering(device)
      settings.interfaces[link.name]?.driver = driver(device)
    }
  }

  /// Whether a receive queue spreads its packets over CPUs by hash; nil when the interface shows no queues.
  private static func receivePacketSteering(_ device: String) -> Bool? {
    var isSteering: Bool?
    var queue = 0
    while let mask = Sysctl.text("\(device)/queues/rx-\(queue)/rps_cpus") {
      let flows = Sysctl.text("\(device)/queues/rx-\(queue)/rps_flow_cnt") ?? "0"
      isSteering = isSteering == true || flows != "0" || mask.contains { $0 != "0" && $0 != "," }
      queue += 1
    }
    return isSteering
  }

  private static func driver(_ device: String) -> String? {
    let lines = Sysctl.text("\(device)/device/uevent")?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix("DRIVER=") }.map { String($0.dropFirst("DRIVER=".count)) }
  }

  /// Whether each interface puts the NIC's hash on packets, by index; empty on a kernel that does not tell.
  private static func receiveHashing() throws(NetlinkError) -> [UInt32: Bool] {
    var socket = try NetlinkSocket(.generic)
    guard let family = try ethtoolFamily(&socket) else { return [:] }
    var request = AttributeWriter()
    request.append(header: [ETHTOOL_MSG_FEATURES_GET, 1, 0, 0])
    request.nest(ETHTOOL_A_FEATURES_HEADER) { _ in }
    let message: NetlinkMessage
    do throws(WireError) {
      message = try NetlinkMessage(type: family, payload: request)
    } catch {
      throw NetlinkError("read the features of the interfaces", .request(error))
    }
    var hashing: [UInt32: Bool] = [:]
    try socket.dump(message, operation: "read the features of the interfaces") { (type, payload) throws(WireError) in
      guard type == family, let features = try InterfaceFeatures(wire: payload) else { return }
      hashing[features.interface] = features.hashesOnReceive
    }
    return hashing
  }

  /// The message type that the kernel has given to the family `ethtool`; nil on a kernel without it.
  private static func ethtoolFamily(_ socket: inout NetlinkSocket) throws(NetlinkError) -> UInt16? {
    var question = AttributeWriter()
    question.append(header: [CTRL_CMD_GETFAMILY, 1, 0, 0])
    question.append(CTRL_ATTR_FAMILY_NAME, text: "ethtool")
    var family: UInt16?
    let refusals = try socket.ask([question.bytes], type: GENL_ID_CTRL, operation: "find the ethtool family") {
      (_, _, payload) throws(WireError) in
      var cursor = AttributeCursor(from: InterfaceFeatures.headerSize)
      while let attribute = try cursor.next(in: payload) {
        guard attribute.type == CTRL_ATTR_FAMILY_ID else { continue }
        family = try payload.extracting(attribute.range).uint16(at: 0)
      }
    }
    return refusals.contains { $0 != nil } ? nil : family
  }
}
