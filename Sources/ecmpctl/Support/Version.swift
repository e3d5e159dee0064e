import Files
import Netlink

/// What `--version` prints.
enum Version {
  static let number = "0.1.0"

  static func print() throws(FileError) {
    try StandardStream.output.write(Array((text + "\n").utf8))
  }

  private static var text: String {
    "ecmpctl \(number), libnl \(libnlVersion), Linux \(System.kernelName().release)"
  }
}
