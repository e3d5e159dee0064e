/// The format of the files that give names to numbers: a line holds a number, decimal or 0x…, and a name.
enum NameFile {
  struct Entry: Hashable {
    var number: UInt32
    var name: [UInt8]
  }

  /// The entries in the order of the file.
  ///
  /// Reads as iproute2 6.1 does: blank lines and lines that start with `#` are skipped, a line that is neither ends the
  /// file, a number that is negative as a C `int` is passed over, and what follows the name is ignored.
  static func entries(in text: [UInt8]) -> [Entry] {
    var entries: [Entry] = []
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      let content = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard let first = content.first, first != UInt8(ascii: "#"), first != 0 else { continue }
      guard let (number, name) = parse(content, radix: 16) ?? parse(content, radix: 10) else { break }
      if number >= 0 { entries.append(Entry(number: UInt32(number), name: Array(name))) }
    }
    return entries
  }

  private typealias Line = ArraySlice<UInt8>

  private static func parse(_ line: Line, radix: Int64) -> (number: Int32, name: Line)? {
    var rest = line
    var isNegative = false
    if radix == 16 {
      guard rest.starts(with: "0x".utf8) else { return nil }
      rest = rest.dropFirst(2)
    } else if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    var value: Int64 = 0
    let start = rest.startIndex
    while let digit = rest.first.flatMap(digitValue), digit < radix {
      // Beyond 64 bits the C library saturates; the low 32 bits of that are what an int keeps.
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      value = overflow ? .max : product &+ digit
      rest = rest.dropFirst()
    }
    guard rest.startIndex > start else { return nil }
    let name = rest.drop(while: isSpace).prefix { !isSpace($0) }
    guard !name.isEmpty else { return nil }
    return (Int32(truncatingIfNeeded: isNegative ? 0 &- value : value), name)
  }

  private static func digitValue(_ byte: UInt8) -> Int64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int64(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int64(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (9...13).contains(byte)
  }
}
