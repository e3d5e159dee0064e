package import Routing

/// What is said of all flows of a file, and holds for those that do not tell it themselves.
package struct FlowDefaults: Hashable, Sendable {
  /// Index of the ingress interface of flows that are not local; 0 for none.
  package var inputInterface: UInt32
  package var mark: UInt32
  /// Of forwarded flows.
  package var layer4Hash: Flow.Layer4Hash

  package init(inputInterface: UInt32 = 0, mark: UInt32 = 0, layer4Hash: Flow.Layer4Hash = .unknown) {
    self.inputInterface = inputInterface
    self.mark = mark
    self.layer4Hash = layer4Hash
  }
}
