/// Which kernel a state was read from.
package struct KernelIdentity: Hashable, Sendable {
  /// `uname -r`.
  package var release: String
  /// `uname -m`.
  package var machine: String
  /// `uname -v`; Debian's has the point release that its `uname -r` does not tell.
  package var build: String?
  /// Random for each boot (`/proc/sys/kernel/random/boot_id`); ties a recovered seed to its boot.
  package var bootID: String?

  package init(release: String, machine: String, build: String? = nil, bootID: String? = nil) {
    self.release = release
    self.machine = machine
    self.build = build
    self.bootID = bootID
  }

  /// The leading numbers of the release: 6.18.44-fc gives 6, 18, 44; nil when there are not at least two.
  ///
  /// Debian's 6.1.0-50-amd64 is what its build says: `... Debian 6.1.176-1 (2026-07-05)`.
  package var version: KernelVersion? {
    let version = KernelVersion(release: release)
    let words = (build ?? "").split(separator: " ")
    guard version?.patch == 0, let mark = words.firstIndex(of: "Debian"), mark + 1 < words.count,
      let exact = KernelVersion(release: String(words[mark + 1])),
      exact.major == version?.major, exact.minor == version?.minor
    else { return version }
    return exact
  }

  /// Whether the machine stores integers with the least significant byte first, which decides how some hash inputs lie in memory.
  package var isLittleEndian: Bool {
    !(machine.hasPrefix("s390") || machine == "ppc64" || machine == "ppc" || machine == "mips" || machine == "mips64"
      || machine.hasPrefix("sparc") || machine.hasPrefix("parisc") || machine == "m68k" || machine == "aarch64_be"
      || machine.hasPrefix("arm") && machine.hasSuffix("b"))
  }
}

/// The numbers of a kernel release.
package struct KernelVersion: Hashable, Sendable, Comparable {
  package var major: Int
  package var minor: Int
  /// The point release of a stable series; 0 when the release names none.
  package var patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  package init?(release: String) {
    var numbers: [Int] = []
    for part in release.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false) {
      let digits = part.prefix { ("0"..."9").contains($0) }
      guard let number = Int(digits) else { break }
      numbers.append(number)
      if digits.count != part.count { break }
    }
    guard numbers.count >= 2 else { return nil }
    self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
  }

  package static func < (left: KernelVersion, right: KernelVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}
