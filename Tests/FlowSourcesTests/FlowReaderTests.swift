import Files
import FlowSources
import Glibc
import Routing
import Testing

struct FlowReaderTests {
  /// A file with the text, which goes away with the value.
  private final class TextFile {
    let path = "/tmp/flow-tests-\(UInt64.random(in: .min ... .max))"

    init(_ bytes: [UInt8]) throws {
      let file = try OutputFile(path: path)
      try file.write(bytes)
      try file.commit()
    }

    convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

    deinit { unsafe unlink(path) }
  }

  /// All that a text gives: the flows, and the errors with `f` for the file's name.
  private func read(
    _ bytes: [UInt8], _ format: FlowReader.Format? = nil
  ) throws -> (flows: [Flow], errors: [String]) {
    let file = try TextFile(bytes)
    var reader = try FlowReader(path: file.path, format: format) { ["lo": 1, "in0": 7, "a,b": 9][$0] }
    var flows: [Flow] = []
    var errors: [String] = []
    while true {
      do throws(FlowInputError) {
        guard let flow = try reader.next() else { break }
        flows.append(flow)
      } catch {
        #expect(error.file == file.path && (error.line ?? 0) > 0 && (error.column ?? 0) > 0)
        var error = error
        error.file = "f"
        errors.append(error.description)
      }
    }
    return (flows, errors)
  }

  private func read(_ text: String, _ format: FlowReader.Format? = nil) throws -> (flows: [Flow], errors: [String]) {
    try read(Array(text.utf8), format)
  }

  private static let plain = Flow(
    source: IPAddress(ipv4: 0x0a02_0064), destination: IPAddress(ipv4: 0xc633_6407), ipProtocol: 17, sourcePort: 32700,
    destinationPort: 53)

  @Test(
    "The same flow in every way of writing it",
    arguments: [
      "src,dst,proto,sport,dport\n10.2.0.100,198.51.100.7,udp,32700,53\n",
      "src,dst,proto,sport,dport\n10.2.0.100,198.51.100.7,udp,32700,53",
      "\u{feff}dport,sport,proto,dst,src\r\n53,32700,17,198.51.100.7,10.2.0.100\r\n",
      "# flows\n\n  \n src , dst ,\tproto,sport,dport\n#x\n 10.2.0.100 , 198.51.100.7 , UDP,0x7fbc,0x35\n\n",
      "\"src\",\"dst\",proto,sport,dport\n\"10.2.0.100\" ,\"198.51.100.7\",\"udp\",\"32700\",53\n",
      "src,dst,proto,sport,dport,iif,origin,uid,weight\n10.2.0.100,198.51.100.7,udp,32700,53,,,,\n",
      #"{"src":"10.2.0.100","dst":"198.51.100.7","proto":"udp","sport":32700,"dport":53}"#,
      "\u{feff}{\"dst\":\"198.51.100.7\",\"src\":\"10.2.0.100\",\"proto\":17,\"sport\":\"0x7fbc\",\"dport\":\"53\",\"iif\":null}\r\n",
      "# x\n\n { \"src\" : \"10.2.0.100\", \"dst\":\"198.51.100.7\" ,\"proto\":\"17\",\"sport\":32700,\"dport\":53 } \n",
    ])
  func same(text: String) throws {
    // What a blank begins is CSV unless the format is given.
    let isJSON = text.contains("{")
    let (flows, errors) = try read(text, isJSON ? .ndjson : nil)
    #expect(flows == [Self.plain])
    #expect(errors == [])
  }

  @Test("What is said of all flows holds for those that do not tell it, in every way of reading")
  func saidOfAll() throws {
    let lines = [
      ("10.0.0.1,in0,5,none,", UInt32(7), UInt32(5), Flow.Layer4Hash.absent, Flow.Origin.forwarded),
      ("10.0.0.1,,,,", 4, 9, .value(77), .forwarded), ("10.0.0.1,,0,,forwarded", 4, 0, .value(77), .forwarded),
      ("10.0.0.1,,,,local", 0, 9, .unknown, .local),
    ]
    let file = try TextFile("dst,iif,mark,l4hash,origin\n" + lines.map { $0.0 + "\n" }.joined())
    let said = FlowDefaults(inputInterface: 4, mark: 9, layer4Hash: .value(77))
    for isPlain in [false, true] {
      var reader = try FlowReader(path: file.path, defaults: said) { ["in0": 7][$0] }
      var flows: [Flow] = []
      if isPlain {
        var columns = FlowColumns(capacity: lines.count)
        if var taken = try reader.takeLines(1 << 16) { try taken.read(into: &columns) { ["in0": 7][$0] } }
        flows = (0..<columns.count).compactMap { columns.flow(at: $0) }
      } else {
        while let flow = try reader.next() { flows.append(flow) }
      }
      #expect(flows.map(\.inputInterface) == lines.map(\.1), "plain: \(isPlain)")
      #expect(flows.map(\.mark) == lines.map(\.2))
      #expect(flows.map(\.layer4Hash) == lines.map(\.3))
      #expect(flows.map(\.origin) == lines.map(\.4))
    }
  }

  @Test("Predictions are read as the flows that they are about")
  func predictions() throws {
    let flow = #"{"src":"10.2.0.100","dst":"198.51.100.7","proto":17,"sport":32700,"dport":53,"origin":"local"}"#
    let texts = [
      "index,src,dst,proto,sport,dport,gateway,dev,nexthop_id,group_id,bucket,hash,certainty\n"
        + "0,10.2.0.100,198.51.100.7,17,32700,53,10.1.1.2,\"a,b\",1,50,17,123,exact\n",
      #"{"index":0,"flow":"# + flow + #","route":{"dst":"default","table":"main"},"policy":1,"hash":5,"group":{"id":1},"#
        + #""bucket":2,"nexthop":{"dev":"o1"},"certainty":"exact","caveats":[{"code":"x","text":"y"}]}"#,
    ]
    for text in texts {
      let (flows, errors) = try read(text)
      #expect(flows == [Self.plain] && errors == [], "\(text)")
    }
    #expect(try read(#"{"flow":5}"#).errors == ["f:1:9: expected an object with a flow"])
    #expect(try read(#"{"flow":{"flow":{"dst":"10.0.0.1"}}}"#).errors.count == 1)
  }

  @Test("Every field, in both formats")
  func everyField() throws {
    let names =
      "src,dst,proto,sport,dport,iif,oif,mark,tos,flowlabel,uid,origin,socket,icmp_type,icmp_code,l4hash,weight,inner_src,inner_dst,inner_proto,"
      + "inner_sport,inner_dport,inner_flowlabel"
    let values =
      "2001:db8::1,2001:db8::2,58,1,2,in0,lo,0xffffffff,255,0xfffff,1000,local,connected,echo-reply,7,4294967295,18446744073709551615,"
      + "2001:db8::3,2001:db8::4,tcp,3,4,5"
    func address(_ last: UInt64) -> IPAddress { IPAddress(ipv6High: 0x2001_0db8_0000_0000, low: last) }
    let expected = Flow(
      source: address(1), destination: address(2), ipProtocol: 58, sourcePort: 1, destinationPort: 2,
      flowLabel: 0xfffff, tos: 255, mark: .max, inputInterface: 7, outputInterface: 1, userID: 1000, origin: .local,
      socket: .connected, icmp: .init(type: 129, code: 7), layer4Hash: .value(.max),
      inner: .init(
        source: address(3), destination: address(4), ipProtocol: 6, sourcePort: 3, destinationPort: 4, flowLabel: 5),
      weight: .max)
    #expect(FlowField.allCases.map(\.rawValue).joined(separator: ",") == names)
    #expect(try read("\(names)\n\(values)\n").flows == [expected])
    let members = zip(names.split(separator: ","), values.split(separator: ",")).map { "\"\($0)\":\"\($1)\"" }
    #expect(try read("{\(members.joined(separator: ","))}\n").flows == [expected])
  }

  @Test("What is left out gets its default")
  func defaults() throws {
    let ipv4 = try read("dst\n192.0.2.1\n").flows
    #expect(ipv4 == [Flow(source: .unspecified(.ipv4), destination: IPAddress(ipv4: 0xc000_0201))])
    let ipv6 = try #require(try read("dst,src,iif\n::1,,in0\n").flows.first)
    #expect(ipv6.source == .unspecified(.ipv6))
    #expect(ipv6.origin == .forwarded, "it has an iif")
    #expect(ipv6.weight == 1)
    #expect(ipv6.userID == nil && ipv6.layer4Hash == .unknown && ipv6.inner == nil)
    let inner = try #require(try read("dst,inner_dst\n192.0.2.1,::2\n").flows.first?.inner)
    #expect(inner == Flow.Inner(source: .unspecified(.ipv6), destination: IPAddress(ipv6High: 0, low: 2)))
  }

  @Test("Interface names may need quotes")
  func quotes() throws {
    #expect(try read("dst,iif\n1.2.3.4,\"a,b\"\n").flows.map(\.inputInterface) == [9])
    #expect(try read("dst,iif\n1.2.3.4,\"a\"\"b\"\n").errors == [#"f:2:9: there is no interface "a\"b""#])
  }

  private static let known = FlowField.allCases.map(\.rawValue).joined(separator: ", ")

  private static let badTexts: [(String, String)] = [
    ("", "f:1:1: there is no header line, such as src,dst,proto,sport,dport"),
    ("# nothing\n\n", "f:2:1: there is no header line, such as src,dst,proto,sport,dport"),
    ("src,dst,sprot\n1.2.3.4,1.2.3.4,1\n", "f:1:9: unknown column \"sprot\"; known: \(known), did you mean sport?"),
    ("dst,protocol_of_the_flow_itself\n", "f:1:5: unknown column \"protocol_of_the_flow_itself\"; known: \(known)"),
    ("dst,srcc\n", "f:1:5: unknown column \"srcc\"; known: \(known), did you mean src?"),
    ("dst,,src\n", "f:1:5: unknown column \"\"; known: \(known)"),
    ("dst,src,dst\n", "f:1:9: column \"dst\" appears twice"),
    ("src,sport\n", "f:1:1: the header has no column dst"),
    ("\"dst\n1.2.3.4\n", "f:1:1: the quote is not closed on this line"),
    ("dst,dport\n1.2.3.4,70000\n", "f:2:9: \"70000\" is no port (0 to 65535)"),
    ("dst,dport\n1.2.3.4,-1\n", "f:2:9: \"-1\" is no port (0 to 65535)"),
    ("dst,dport\n1.2.3.4,0x\n", "f:2:9: \"0x\" is no port (0 to 65535)"),
    ("dst,dport\n1.2.3.4,99999999999999999999999\n", "f:2:9: \"99999999999999999999999\" is no port (0 to 65535)"),
    ("dst,mark\n1.2.3.4,0x100000000\n", "f:2:9: \"0x100000000\" is no mark (0 to 4294967295)"),
    ("dst,tos\n1.2.3.4,256\n", "f:2:9: \"256\" is no TOS byte (0 to 255)"),
    ("dst,flowlabel\n::1,1048576\n", "f:2:5: \"1048576\" is no flow label (0 to 1048575)"),
    ("dst,uid\n::1,root\n", "f:2:5: \"root\" is no user id (0 to 4294967295)"),
    ("dst,socket\n::1,stream\n", "f:2:5: \"stream\" is no kind of socket (connected or unconnected)"),
    ("dst,proto,socket\n::1,tcp,unconnected\n", "f:2:9: TCP sockets are always connected"),
    ("dst,socket,iif\n::1,connected,in0\n", "f:2:5: socket is for local flows, and this one is forwarded"),
    ("dst,icmp_type\n::1,8\n", "f:2:5: icmp_type is for proto icmpv6 alone"),
    ("dst,proto,icmp_code\n::1,58,0\n", "f:2:8: icmp_code is given, but icmp_type is missing"),
    (
      "dst,proto,icmp_type\n1.2.3.4,1,256\n",
      "f:2:11: \"256\" is no ICMP type (0 to 255, or \(ICMPTypeName.all(.ipv4).joined(separator: ", ")))"
    ),
    ("dst,l4hash\n::1,x\n", "f:2:5: \"x\" is no hash (0 to 4294967295, or none)"),
    ("dst,weight\n::1,1.5\n", "f:2:5: \"1.5\" is no weight (0 to 18446744073709551615)"),
    ("dst,proto\n::1,upd\n", "f:2:5: \"upd\" is no IP protocol (a name such as udp, or 0 to 255)"),
    ("dst,proto\n::1,256\n", "f:2:5: \"256\" is no IP protocol (a name such as udp, or 0 to 255)"),
    ("dst,origin\n::1,remote\n", "f:2:5: \"remote\" is no origin (forwarded or local)"),
    ("dst,oif\n::1,eth9\n", "f:2:5: there is no interface \"eth9\""),
    ("dst\n10.0.0\n", "f:2:1: \"10.0.0\" is no IP address"),
    ("dst\n10.0.0.0/8\n", "f:2:1: \"10.0.0.0/8\" is no IP address"),
    ("sport,dst\n1,\n", "f:2:3: dst is missing"),
    ("dst,src\n::1,1.2.3.4\n", "f:2:5: src and dst are of different families"),
    ("dst,flowlabel\n1.2.3.4,5\n", "f:2:9: flowlabel is for IPv6 alone"),
    ("dst,inner_sport\n1.2.3.4,5\n", "f:2:9: inner_sport is given, but inner_dst is missing"),
    ("dst,inner_src,inner_dst\n::1,::1,1.2.3.4\n", "f:2:5: inner_src and inner_dst are of different families"),
    ("dst,inner_dst,inner_flowlabel\n::1,1.2.3.4,7\n", "f:2:13: inner_flowlabel is for IPv6 alone"),
    ("dst,src,tos\n::1,::1\n", "f:2:7: the line has 2 of the header's 3 fields"),
    ("dst,src\n::1,::1,5\n", "f:2:9: the line has more fields than the header's 2"),
    ("dst,src\n::1,\"::1\n", "f:2:5: the quote is not closed on this line"),
    ("dst,src\n::1,\"::1\"x\n", "f:2:10: expected a comma after the closing quote"),
    ("{\"dst\":\"::1\",\"dport\":70000}", "f:1:22: \"70000\" is no port (0 to 65535)"),
    ("{\"dst\":\"::1\",\"dport\":1.5}", "f:1:22: \"1.5\" is no port (0 to 65535)"),
    ("{\"dst\":\"::1\",\"dport\":true}", "f:1:22: expected a number or a string"),
    ("{\"dst\":\"::1\",\"dport\":[1]}", "f:1:22: expected a number or a string"),
    ("{\"dst\":\"::1\",\"dprt\":1}", "f:1:14: unknown key \"dprt\"; known: \(known), did you mean dport?"),
    ("{\"dst\":\"::1\",\"dst\":\"::1\"}", "f:1:14: key \"dst\" appears twice"),
    ("{\"dst\":\"::1\",\"src\":\"1.1.1.1\"}", "f:1:20: src and dst are of different families"),
    ("{\"sport\":1}", "f:1:11: dst is missing"),
    ("{\"dst\":\"::1\"", "f:1:13: the line ends in the middle of a value"),
    ("{\"dst\":\"::1\"}}", "f:1:14: there is more text after the end of the value"),
    ("{\"dst\":::1}", "f:1:8: expected a value"),
  ]

  @Test("A bad text is named with line, column and what would be right", arguments: badTexts)
  func errors(text: String, message: String) throws {
    let (flows, errors) = try read(text)
    #expect(flows == [])
    #expect(errors == [message])
  }

  @Test("Reading goes on after a bad line, but not after a bad header")
  func recovers() throws {
    let (flows, errors) = try read("dst,dport\n1.2.3.4,1\n1.2.3.4,x\n\n1.2.3.4\n1.2.3.4,4\n")
    #expect(flows.map(\.destinationPort) == [1, 4])
    #expect(
      errors == ["f:3:9: \"x\" is no port (0 to 65535)", "f:5:7: the line has 1 of the header's 2 fields"])
    let json = try read("{\"dst\":\"1.2.3.4\"}\n[]\n{\"dst\":\"1.2.3.4\"}\n")
    #expect(json.flows.count == 2)
    #expect(json.errors == [#"f:2:1: expected an object, such as {"dst":"192.0.2.1"}"#])
    let header = try read("dst,nonsense_column\n1.2.3.4,1\n")
    #expect(header.flows.isEmpty && header.errors.count == 1)
  }

  @Test("Lines across chunks, and lines that are too long")
  func chunks() throws {
    var text = "dst,sport,dport\n"
    for number in 0..<60_000 { text += "10.0.0.1,\(number % 65536),\(number & 1)\n" }
    let (flows, errors) = try read(text)
    #expect(errors == [])
    #expect(flows.map { Int($0.sourcePort) } == (0..<60_000).map { $0 % 65536 })

    let longest = "1.2.3.4," + String(repeating: " ", count: FlowReader.longestLine - 9) + "7"
    for length in [1, 200_000, 700_000] {
      let tooLong = longest + String(repeating: " ", count: length)
      let result = try read("dst,dport\n\(longest)\n\(tooLong)\n\(longest)\n\(tooLong)")
      #expect(result.flows.map(\.destinationPort) == [7, 7], "\(length) bytes too long")
      #expect(
        result.errors == ["f:3:1: the line is longer than 65536 bytes", "f:5:1: the line is longer than 65536 bytes"])
    }
  }

  @Test("A file that can not be opened or read is an error without a place")
  func unreadable() throws {
    let missing = #expect(throws: FlowInputError.self) { _ = try FlowReader(path: "/nonexistent/f.csv") { _ in nil } }
    #expect(missing?.description == "can not open /nonexistent/f.csv: No such file or directory")
    #expect(missing?.isRecoverable == false)
    var reader = try FlowReader(path: "/tmp") { _ in nil }
    do throws(FlowInputError) {
      _ = try reader.next()
      Issue.record("a directory was read")
    } catch {
      #expect(error.description == "can not read /tmp: Is a directory")
    }
    #expect(try reader.next() == nil)
  }

  @Test("Random bytes are read or refused with a place, and never trap")
  func fuzz() throws {
    let alphabet = Array("dst,src.:0123456789abcdefx\"\n\r \t#{}:null\u{e9}".utf8)
    for seed in UInt64(0)..<1200 {
      var random = SplitMix64(seed: seed)
      let starts = ["", "dst,src,iif,mark\n", "{\"dst\":\"::1\"", "dst,proto,inner_dst\n1.2.3.4,udp,"]
      var bytes = Array(starts[Int(seed % 4)].utf8)
      for _ in 0..<random.number(below: 120) {
        bytes.append(
          seed % 3 == 0 ? UInt8(random.number(below: 256)) : alphabet[Int(random.number(below: UInt64(alphabet.count)))]
        )
      }
      // The helper checks that every error has its place.
      let (_, errors) = try read(bytes)
      #expect(errors.allSatisfy { $0.hasPrefix("f:") && !$0.contains("\n") }, "seed \(seed)")
    }
  }
}
