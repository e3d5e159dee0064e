import Routing
import Testing

@Suite("Kernel releases and neighbour states")
struct KernelIdentityTests {
  @Test(
    "The numbers of a release",
    arguments: [
      ("6.18.44", KernelVersion(6, 18, 44)), ("6.18.44-fc", KernelVersion(6, 18, 44)),
      ("6.1.0-28-amd64", KernelVersion(6, 1, 0)), ("5.10.0-0.deb10.16-amd64", KernelVersion(5, 10, 0)),
      ("6.12", KernelVersion(6, 12, 0)), ("6.13-rc1", KernelVersion(6, 13, 0)),
      ("6.13.0-rc1+", KernelVersion(6, 13, 0)), ("4.18.0-553.el8_10.x86_64", KernelVersion(4, 18, 0)),
      ("6.8.0+", KernelVersion(6, 8, 0)), ("7.2.13+deb14-amd64", KernelVersion(7, 2, 13)),
      ("6.6.1.2.3", KernelVersion(6, 6, 1)), ("6", nil), ("", nil), ("linux", nil), (".6.1", nil), ("6.", nil),
      ("6-rc1.2", nil), ("-6.1", nil), ("99999999999999999999.1", nil), ("٦.١", nil),
    ] as [(String, KernelVersion?)])
  func release(text: String, version: KernelVersion?) {
    #expect(KernelVersion(release: text) == version)
    #expect(KernelIdentity(release: text, machine: "x86_64").version == version)
  }

  @Test(
    "Debian's builds tell the point release",
    arguments: [
      ("6.1.0-50-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-05)", KernelVersion(6, 1, 176)),
      ("5.10.0-32-cloud-amd64", "#1 SMP Debian 5.10.223-1 (2024-08-10)", KernelVersion(5, 10, 223)),
      ("6.12.95+deb12-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.95-1~bpo12+1", KernelVersion(6, 12, 95)),
      ("6.1.0", "#1 SMP Debian 6.12.95-1", KernelVersion(6, 1, 0)), ("6.1.0", "#1 SMP Debian", KernelVersion(6, 1, 0)),
      ("6.1.0", "#1 SMP Debian x", KernelVersion(6, 1, 0)), ("6.1.0", nil, KernelVersion(6, 1, 0)),
    ] as [(String, String?, KernelVersion)])
  func build(release: String, build: String?, version: KernelVersion) {
    #expect(KernelIdentity(release: release, machine: "x86_64", build: build).version == version)
  }

  @Test("Versions compare by number")
  func order() {
    #expect(KernelVersion(6, 9) < KernelVersion(6, 10))
    #expect(KernelVersion(5, 19, 17) < KernelVersion(6, 0))
    #expect(KernelVersion(6, 12, 9) < KernelVersion(6, 12, 10))
    #expect(!(KernelVersion(6, 12) < KernelVersion(6, 12)))
  }

  @Test(
    "The byte order of a machine",
    arguments: [
      ("x86_64", true), ("aarch64", true), ("ppc64le", true), ("riscv64", true), ("armv7l", true), ("mipsel", true),
      ("mips64el", true), ("i686", true), ("loongarch64", true), ("s390x", false), ("ppc64", false), ("mips", false),
      ("mips64", false), ("sparc64", false), ("aarch64_be", false), ("armv7b", false), ("armv5tejb", false),
    ])
  func byteOrder(machine: String, isLittleEndian: Bool) {
    #expect(KernelIdentity(release: "6.12", machine: machine).isLittleEndian == isLittleEndian)
  }

  @Test("A neighbour is usable in six of its states", arguments: 0...255 as ClosedRange<UInt16>)
  func neighbourStates(rawValue: UInt16) {
    let valid: [Neighbour.State] = [.permanent, .noARP, .reachable, .probe, .stale, .delay]
    #expect(Neighbour.State(rawValue: rawValue).isValid == valid.contains { rawValue & $0.rawValue != 0 })
  }

  @Test(
    "States have the words that ip prints, and most of them are valid",
    arguments: [
      (0, "NONE", false), (1, "INCOMPLETE", false), (2, "REACHABLE", true), (4, "STALE", true), (8, "DELAY", true),
      (0x10, "PROBE", true), (0x20, "FAILED", false), (0x40, "NOARP", true), (0x80, "PERMANENT", true),
      (0x100, "0x100", false),
    ] as [(UInt16, String, Bool)])
  func stateNames(rawValue: UInt16, name: String, isValid: Bool) {
    #expect(Neighbour.State(rawValue: rawValue).name == name)
    #expect(Neighbour.State(rawValue: rawValue).isValid == isValid)
  }
}
