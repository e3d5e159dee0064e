import Routing
import Testing

@testable import Rendering

@Suite("Names of numbers")
struct NameTablesTests {
  @Test(
    "reads a line as iproute2 does",
    arguments: [
      ("a decimal number", "99 openr\n", [99: "openr"]),
      ("a hexadecimal number", "0x28\tAF11\n", [40: "AF11"]),
      ("blanks and comments", "\n# 1 no\n  \t7  seven # the rest\n", [7: "seven"]),
      ("no line feed at the end", "7 seven", [7: "seven"]),
      ("a name glued to its number", "12abc", [12: "abc"]),
      ("a negative number is passed over", "-1 no\n2 yes\n", [2: "yes"]),
      ("a number beyond an int is passed over", "4294967295 no\n2 yes\n", [2: "yes"]),
      ("a line that is neither ends the file", "1 one\nnonsense\n2 two\n", [1: "one"]),
      ("a number without a name ends the file", "1 one\n5\n2 two\n", [1: "one"]),
      ("the last entry wins", "1 one\n1 uno\n", [1: "uno"]),
    ] as [(String, String, [UInt32: String])])
  func parsesLines(what: String, text: String, expected: [UInt32: String]) {
    var found: [UInt32: String] = [:]
    for entry in NameFile.entries(in: Array(text.utf8)) {
      found[entry.number] = String(decoding: entry.name, as: UTF8.self)
    }
    #expect(found == expected, "\(what)")
  }

  @Test("knows the names that iproute2 is built with")
  func builtIn() {
    let names = NameTables()
    #expect(names.tableName(254) == "main")
    #expect(names.tableName(100) == "100")
    #expect(names.protocolName(186) == "bgp")
    #expect(names.protocolName(99) == "99")
    #expect(names.scopeName(253) == "link")
    #expect(names.tableNumber("local") == 255)
    #expect(names.tableNumber("0x10") == 16)
    #expect(names.tableNumber("nowhere") == nil)
  }

  @Test("a file's name for a built-in number counts from the first unknown number on")
  func readsLazily() {
    var files = NameTables.Files()
    files.protocols = [Array("4 fixed\n99 openr\n".utf8), Array("99 other\n".utf8)]
    var printer = IPRoute2Printer(names: NameTables(files: files), interfaces: [1: "lo"])
    for number: UInt8 in [4, 77, 99, 4] {
      printer.append(route("10.0.0.0/8", proto: number, .single(leg(dev: 1))))
    }
    let lines = String(decoding: printer.output, as: UTF8.self).split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: " ").last ?? "" } == ["static", "77", "other", "fixed"])
  }

  @Test("prints a DS field without a name as a byte")
  func dsFields() {
    var files = NameTables.Files()
    files.dsFields = Array("0x28 AF11\n".utf8)
    var names = NameTables(files: files)
    #expect(names.dsFields.name(0x28) == Array("AF11".utf8))
    #expect(names.dsFields.name(4) == Array("0x04".utf8))
  }
}
