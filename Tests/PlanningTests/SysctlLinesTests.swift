import Planning
import Testing

@Suite("Files of sysctl settings")
struct SysctlLinesTests {
  @Test(
    "One line sets the key, and all others stay",
    arguments: [
      ("an empty file", "", "a.b = 7\n"),
      ("a comment", "# x\n", "# x\na.b = 7\n"),
      ("no line end", "c = 1", "c = 1\na.b = 7\n"),
      ("the key, in its place", "c = 1\na.b=3\nd = 2\n", "c = 1\na.b = 7\nd = 2\n"),
      ("the key twice", "a.b = 1\nc = 1\na.b = 2\n", "a.b = 7\nc = 1\n"),
      ("the key with slashes and a minus", " - a/b\t= 1\n", "a.b = 7\n"),
      ("a key that begins alike", "a.bc = 1\n", "a.bc = 1\na.b = 7\n"),
      ("the key in a comment", "# a.b = 1\n;a.b = 1\n", "# a.b = 1\n;a.b = 1\na.b = 7\n"),
      ("an empty line", "\nc = 1\n\n", "\nc = 1\n\na.b = 7\n"),
    ])
  func setting(description: String, text: String, result: String) {
    let found = SysctlLines.setting("a.b", to: "7", in: text)
    #expect(found == result, "\(description)")
    #expect(SysctlLines.setting("a.b", to: "7", in: found) == found)
  }
}
