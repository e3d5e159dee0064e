import Rendering
import Routing
import TestSupport
import Testing

/// Encapsulations that few kernels are built with; the bytes follow linux/*_iptunnel.h and the words iproute2's manual.
@Suite("Rare encapsulations in the style of iproute2")
struct RareEncapsulationTests {
  @Test(
    "text and JSON",
    arguments: [
      ("an unknown type", 99, "0800010001000000", "unknown ", #""unknown""#),
      ("no type", 0, "", "unknown ", #""unknown""#),
      (
        "ILA", 3, "0c000100000100220333444405000700010000000500080001000000050009000100000005000a0000000000",
        "ila  1:22:333:4444  csum-mode neutral-map  ident-type luid  hook-type input ",
        #""ila","locator":"1:22:333:4444","csum_mode":"neutral-map","ident_type":"luid","hook_type":"input""#
      ),
      (
        "BPF", 6, "0c00010008000200782e6f0004000200080004000a000000", "bpf in x.o out  10 ",
        #""bpf","in":"x.o","out":"<unknown>","headroom":10"#
      ),
      (
        "RPL", 8,
        "2c0001002904030200000000fc000000000000000000000000000002fc000000000000000000000000000001",
        "rpl segs 2 [ fc00::1 fc00::2 ] ", #""rpl","segs":["fc00::1","fc00::2"]"#
      ),
      (
        "IOAM inline", 9, "050001000100000008000400010000000800050001000000" + "0c0003000001000380000000",
        "ioam6 freq 1/1 mode inline trace prealloc type 0x800000 ns 1 size 12 ",
        #""ioam6","freqk":1,"freqn":1,"mode":"inline","trace":null,"prealloc":null,"type":"800000","ns":1,"size":12"#
      ),
      (
        "IOAM in a tunnel", 9,
        "0500010002000000080004000200000008000500050000001400"
          + "0200fc0000000000000000000000000000050c000300ffff000400004000",
        "ioam6 freq 2/5 mode encap tundst fc00::5 trace prealloc type 0x000040 ns 65535 size 16 ",
        #""ioam6","freqk":2,"freqn":5,"mode":"encap","tundst":"fc00::5","trace":null,"prealloc":null,"type":"40","#
          + #""ns":65535,"size":16"#
      ),
      (
        "XFRM", 10, "08000100030000000800020005000000", "xfrm if_id 3 link_dev lab1 ",
        #""xfrm","if_id":3,"link_dev":"lab1""#
      ),
      (
        "SRv6 with an HMAC", 5,
        "48000100010000000007040000080000fc000000000000000000000000000001052600000000abcd"
          + "0000000000000000000000000000000000000000000000000000000000000000",
        "seg6 mode encap segs 1 [ fc00::1 ] hmac ABCD ",
        #""seg6","mode":"encap","segs":["fc00::1"],"hmac":"0xabcd""#
      ),
      (
        "SRv6 in a mode of the future", 5, "20000100090000002902040000000000fc000000000000000000000000000001",
        "seg6 mode <unknown> segs 1 [ fc00::1 ] ", #""seg6","mode":"<unknown>","segs":["fc00::1"]"#
      ),
      (
        "an SRv6 action in BPF", 7, "080001000f0000000c00080008000200782e6f00",
        "seg6local action End.BPF endpoint x.o ", #""seg6local","action":"End.BPF","endpoint":"x.o""#
      ),
      (
        "an SRv6 action in a VRF", 7, "080001001000000008000900fe000000", "seg6local action End.DT46 vrftable main ",
        #""seg6local","action":"End.DT46","vrftable":"main""#
      ),
      (
        "an SRv6 action of the future", 7, "0800010063000000", "seg6local action <invalid> ",
        #""seg6local","action":"<invalid>""#
      ),
      (
        "SRv6 flavors", 7, "0800010001000000" + "0c000b80080001000e000000",
        "seg6local action End flavors psp,usp,usd ", #""seg6local","action":"End","flavors":["psp","usp","usd"]"#
      ),
      ("an MPLS stack cut short", 1, "0800010000064000", "mpls  100 ", #""mpls","dst":"100""#),
      ("nothing where a header should be", 5, "04000100", "seg6 mode <unknown> ", #""seg6","mode":"<unknown>""#),
      ("an attribute longer than its row", 2, "0c00010000000000", "ip ", #""ip""#),
    ] as [(String, UInt16, String, String, String)])
  func encapsulation(what: String, type: UInt16, hex: String, text: String, json: String) {
    let value = route("10.0.0.0/8", .single(leg(dev: 3, encap: Encapsulation(type: type, hex: hex))))
    #expect(Lab.output(.text) { $0.append(value) } == "10.0.0.0/8  encap \(text)dev lab0 \n", "\(what)")
    #expect(
      Lab.output(.json) { $0.append(value) } == #"[{"dst":"10.0.0.0/8","encap":\#(json),"dev":"lab0","flags":[]}]\#n"#,
      "\(what)")
  }

  @Test("reads attributes in the order of a big-endian machine")
  func bigEndian() {
    var printer = IPRoute2Printer(names: NameTables(), interfaces: [3: "lab0"], isLittleEndian: false)
    let encapsulation = Encapsulation(type: 10, hex: "00080001000000030008000200000003")
    printer.append(route("10.0.0.0/8", .single(leg(dev: 3, encap: encapsulation))))
    #expect(
      String(decoding: printer.output, as: UTF8.self) == "10.0.0.0/8  encap xfrm if_id 3 link_dev lab0 dev lab0 \n")
  }

  @Test("takes any bytes", arguments: 0..<200)
  func anyBytes(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let whole = (GoldenRoute.ofEncapsulationsInIPv4 + GoldenRoute.ofEncapsulationsInIPv6).compactMap {
      golden -> Encapsulation? in
      if case .single(let leg) = golden.value.legs { leg.encapsulation } else { nil }
    }
    for var encapsulation in whole {
      encapsulation.type = UInt16.random(in: 0...11, using: &generator)
      encapsulation.attributes.removeLast(Int.random(in: 0...encapsulation.attributes.count, using: &generator))
      for index in encapsulation.attributes.indices where UInt8.random(in: 0..<8, using: &generator) == 0 {
        encapsulation.attributes[index] = UInt8.random(in: 0...20, using: &generator)
      }
      let value = route("10.0.0.0/8", .single(leg(dev: 3, encap: encapsulation)))
      let text = Lab.output(.json) { $0.append(value) }
      #expect(text.hasSuffix(#""dev":"lab0","flags":[]}]\#n"#), "seed \(seed)")
    }
  }
}
