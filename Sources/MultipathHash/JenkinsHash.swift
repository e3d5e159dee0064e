/// Bob Jenkins' lookup3 hash (2006), as far as multipath uses it.
package enum JenkinsHash {
  /// Mixes two words into one; the kernel calls it `jhash_2words`.
  package static func mix(_ first: UInt32, _ second: UInt32, initial: UInt32 = 0) -> UInt32 {
    var c = 0xdead_beef &+ 8 &+ initial
    var a = first &+ c
    var b = second &+ c
    stir(&c, b, 14)
    stir(&a, c, 11)
    stir(&b, a, 25)
    stir(&c, b, 16)
    stir(&a, c, 4)
    stir(&b, a, 14)
    stir(&c, b, 24)
    return c
  }

  private static func stir(_ target: inout UInt32, _ other: UInt32, _ count: UInt32) {
    target = (target ^ other) &- (other &<< count | other &>> (32 &- count))
  }
}
