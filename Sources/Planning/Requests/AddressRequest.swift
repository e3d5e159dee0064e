package import Routing

/// `ip address add`, `change`, `replace` and `del`: RTM_NEWADDR or RTM_DELADDR.
package struct AddressRequest: Hashable, Sendable {
  /// `IFA_F_*` that a command can set, linux/if_addr.h.
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let secondary = Flags(rawValue: 0x01)
    package static let nodad = Flags(rawValue: 0x02)
    package static let optimistic = Flags(rawValue: 0x04)
    package static let dadfailed = Flags(rawValue: 0x08)
    package static let home = Flags(rawValue: 0x10)
    package static let deprecated = Flags(rawValue: 0x20)
    package static let tentative = Flags(rawValue: 0x40)
    package static let permanent = Flags(rawValue: 0x80)
    package static let manageTemporary = Flags(rawValue: 0x100)
    package static let noPrefixRoute = Flags(rawValue: 0x200)
    package static let autojoin = Flags(rawValue: 0x400)
    package static let stablePrivacy = Flags(rawValue: 0x800)
  }

  /// IFA_CACHEINFO in seconds; 0xffffffff is for ever.
  package struct Lifetimes: Hashable, Sendable {
    package var valid: UInt32
    package var preferred: UInt32

    package init(valid: UInt32, preferred: UInt32) {
      self.valid = valid
      self.preferred = preferred
    }
  }

  /// `add`, `change`, `replace` or `delete`.
  package var mode: RequestMode
  /// nil when the command has neither a family nor an address.
  package var family: AddressFamily?
  package var interface: String
  /// IFA_LOCAL: the machine's own address.
  package var local: IPAddress?
  /// IFA_ADDRESS: the peer's address, or the own one again. A deletion without it takes any prefix length.
  package var address: IPAddress?
  package var prefixLength: UInt8 = 0
  package var broadcast: IPAddress?
  package var anycast: IPAddress?
  package var scope: UInt8 = 0
  package var label: String?
  package var flags: Flags = []
  /// IFA_RT_PRIORITY: the metric of the route that comes with the address.
  package var metric: UInt32?
  package var lifetimes: Lifetimes?

  package init(mode: RequestMode, interface: String) {
    self.mode = mode
    self.interface = interface
  }
}

/// Which addresses `ip address flush` deletes: those that match all that is not nil.
package struct AddressSelector: Hashable, Sendable {
  /// Both families when nil.
  package var family: AddressFamily?
  package var interface: String?
  /// Addresses whose prefix lies in this one.
  package var prefix: AddressPrefix?
  package var scope: UInt8?
  package var flags: AddressRequest.Flags = []
  /// The bits that are compared with `flags`.
  package var flagMask: AddressRequest.Flags = []
  /// A pattern as in fnmatch(3).
  package var label: String?
  /// Only addresses of interfaces that are up, in the group, enslaved so, and of that kind.
  package var onlyUp = false
  package var group: UInt32?
  package var master: LinkRequest.Master?
  package var kind: String?

  package init() {}
}
