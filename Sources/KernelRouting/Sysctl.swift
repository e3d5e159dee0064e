internal import Netlink

/// Files of /proc/sys and /sys, in the network namespace of the calling thread. Absent is a value: nil.
enum Sysctl {
  /// The file's text without the white space around it.
  static func text(_ path: String) -> String? {
    guard let bytes = try? System.contents(of: path) else { return nil }
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) || byte == 0 }
    var rest = bytes[...]
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return String(decoding: rest.drop(while: isBlank), as: UTF8.self)
  }

  /// A decimal number; also nil when it is out of range.
  static func number<Number: FixedWidthInteger>(_ path: String) -> Number? {
    text("/proc/sys/net/" + path).flatMap { Number($0) }
  }

  /// A number as a switch: anything but 0 is on.
  static func flag(_ path: String) -> Bool? {
    (number(path) as Int64?).map { $0 != 0 }
  }
}
