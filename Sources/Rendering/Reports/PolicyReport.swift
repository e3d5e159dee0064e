package import MultipathHash
package import Routing

/// What decides the hash of one family, and the settings that can change where a flow goes.
package struct PolicyReport: Hashable, Sendable {
  /// What is known of the hash key.
  package enum Key: Hashable, Sendable {
    /// `fib_multipath_hash_seed` is set.
    case seed(UInt32)
    /// The sysctl is 0, and the key of the kernel's start was recovered.
    case recovered(UInt32)
    /// The sysctl is 0: the kernel made up a key when it started and shows it to nobody.
    case boot
    /// A kernel before 6.11, which has only the key of its start.
    case noSysctl
  }

  /// One sysctl or interface property.
  package struct Setting: Hashable, Sendable {
    package let name: String
    /// Nil where this kernel has no such setting.
    package let value: UInt32?
    /// What the value does.
    package let effect: String
  }

  package let family: AddressFamily
  /// The sysctl's number; 0 where there is none.
  package let number: UInt8
  /// Nil for a policy that this program does not know.
  package let policy: HashPolicy?
  package let fields: HashFields
  /// What is hashed of a packet without an inner header, where `fields` has inner ones alone; empty for other policies.
  package let fieldsWithoutInner: HashFields
  package let key: Key
  package let settings: [Setting]
  /// What is known of this kernel where kernels differ.
  package let behaviour: KernelBehaviour

  /// - Parameter bootSeed: the recovered boot seed of the kernel.
  package init(_ family: AddressFamily, in state: RoutingState, bootSeed: UInt32? = nil) {
    let settings = state.settings
    let hash = settings.hash(family)
    self.family = family
    number = hash.policy ?? 0
    policy = HashPolicy(sysctl: hash.policy)
    let custom = HashFields(rawValue: hash.fields ?? HashSettings.defaultFields)
    fields = policy?.fields(for: family, custom: custom) ?? []
    fieldsWithoutInner = policy?.fieldsWithoutInner(for: family) ?? []
    key =
      switch settings.hashSeed {
      case nil: .noSysctl
      case 0?: bootSeed.map { .recovered($0) } ?? .boot
      case let seed?: .seed(seed)
      }
    behaviour = state.behaviour
    self.settings =
      Self.common(family, settings, behaviour: behaviour, policy: policy, key: key)
      + Self.perInterface(family, settings)
  }

  /// The reports of one family or both.
  package static func all(
    in state: RoutingState, family: AddressFamily? = nil, bootSeed: UInt32? = nil
  ) -> [PolicyReport] {
    AddressFamily.allCases.filter { family == nil || $0 == family }
      .map { PolicyReport($0, in: state, bootSeed: bootSeed) }
  }

  /// The differences between kernels that concern the family.
  var traits: [KernelBehaviour.Trait] { KernelBehaviour.Trait.all.filter { $0.families.contains(family) } }

  /// What the policy looks at, in a few words.
  package var policyName: String {
    switch policy {
    case .layer3: "layer 3"
    case .layer4: "layer 4"
    case .layer3Inner: "layer 3 or inner layer 3"
    case .custom: "custom fields"
    case nil: "unknown"
    }
  }
}
