import Netlink
import Testing

@Suite struct LiveProgramTests {
  private static func run(_ words: [String], input: String = "", limit: Int = 1 << 20) throws -> (Int32, String) {
    let result = try System.run(words, input: Array(input.utf8), limit: limit)
    return (result.status, String(decoding: result.output, as: UTF8.self))
  }

  @Test func `A program gets its input, and both its outputs and its status come back`() throws {
    #expect(try Self.run(["cat"], input: "one\ntwo\n") == (0, "one\ntwo\n"))
    #expect(try Self.run(["sh", "-c", "echo out; echo err >&2; exit 7"]) == (7, "out\nerr\n"))
    #expect(try Self.run(["sh", "-c", "kill -9 $$"]) == (137, ""))
    #expect(try Self.run(["printf", "%s", "a b  c"]) == (0, "a b  c"))
    #expect(try Self.run(["cat"]) == (0, ""))
  }

  @Test func `More output than is kept is dropped, and the program still ends`() throws {
    let (status, output) = try Self.run(["sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x"], limit: 1000)
    #expect(status == 0 && output == String(repeating: "x", count: 1000))
  }

  @Test func `A program that does not exist, and a word with a 0 byte`() {
    #expect(throws: Errno.noEntry) { try System.run(["no-such-program-here"]) }
    #expect(throws: Errno.invalid) { try System.run(["echo", "a\0b"]) }
    #expect(throws: Errno.invalid) { try System.run([]) }
  }
}
