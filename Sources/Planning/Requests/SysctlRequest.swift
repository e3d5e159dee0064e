/// One `KEY=VALUE` of `sysctl -w`.
package struct SysctlRequest: Hashable, Sendable {
  /// Below /proc/sys, with slashes: "net/ipv4/ip_forward". May be a pattern as in glob(7): "net/ipv4/conf/*/rp_filter".
  package var path: String
  package var value: String

  package init(_ path: String, _ value: String) {
    self.path = path
    self.value = value
  }
}
