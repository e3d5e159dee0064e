import Netlink

/// What `--version` prints.
enum Version {
  static let number = "0.1.0"

  static var text: String {
    "ecmpctl \(number), libnl \(libnlVersion), Linux \(System.kernelName().release)"
  }
}
