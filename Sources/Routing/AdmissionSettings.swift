/// What of IPv4 an interface lets in that kernels keep out by default: the settings below `net.ipv4.conf`, of `all` or of
/// one interface.
///
/// Absent is a value: nil means unread. Every kernel that this program knows has all of them, `bc_forwarding` since 4.20.
package struct AdmissionSettings: Hashable, Sendable {
  /// `accept_local`: packets from this machine's own addresses come in.
  package var acceptsLocalSources: Bool?
  /// `route_localnet`: 127.0.0.0/8 is routed like any other network.
  package var routesLoopback: Bool?
  /// `src_valid_mark`: the way back to a source is looked up with the packet's mark.
  package var validatesMarks: Bool?
  /// `bc_forwarding`: packets for all machines of another network are forwarded. It counts where that of `all` is on, too;
  /// the others count where either is on.
  package var forwardsBroadcasts: Bool?

  package init() {}

  /// Whether nothing of them is known.
  package var isEmpty: Bool { self == AdmissionSettings() }

  /// One of the settings.
  package struct Entry: Sendable {
    /// The name of the sysctl.
    package let name: String
    package let value: any WritableKeyPath<AdmissionSettings, Bool?> & Sendable
    /// What it does where it is on: words that follow the name of an interface.
    package let effect: String

    private init(
      _ name: String, _ value: any WritableKeyPath<AdmissionSettings, Bool?> & Sendable, _ effect: String
    ) {
      self.name = name
      self.value = value
      self.effect = effect
    }

    package static let all = [
      Entry("accept_local", \.acceptsLocalSources, "packets from this machine's own addresses are let in"),
      Entry("route_localnet", \.routesLoopback, "127.0.0.0/8 is routed like any other network"),
      Entry("src_valid_mark", \.validatesMarks, "the way back to a source is looked up with the packet's mark"),
      Entry(
        "bc_forwarding", \.forwardsBroadcasts,
        "packets for everybody on a network are forwarded where all and the interface say so"),
    ]
  }
}
