import Rendering
import Routing
import Testing

/// Fields that no lab can make: hardware flags, cached routes, encapsulations that few kernels are built with.
@Suite("Rare fields in the style of iproute2")
struct RareFieldTests {
  static let plain: RouteLegs = .single(leg("10.1.0.2", dev: 3))

  @Test(
    "text and JSON",
    arguments: [
      (
        "every flag",
        route("10.0.0.0/8", flags: 0x2000_0000 | 0xc000 | 0x17f, plain),
        "dead onlink pervasive offload trap notify linkdown unresolved rt_offload rt_trap rt_offload_failed ",
        #""flags":["dead","onlink","pervasive","offload","trap","notify","linkdown","unresolved","rt_offload","#
          + #""rt_trap","rt_offload_failed"]"#
      ),
      ("a small mark", route("10.0.0.0/8", plain, extras(mark: 15)), "mark 15 ", #""flags":[],"mark":15"#),
      ("a mark", route("10.0.0.0/8", plain, extras(mark: 16)), "mark 0x10 ", #""flags":[],"mark":16"#),
      ("no mark", route("10.0.0.0/8", plain, extras(mark: 0)), "", #""flags":[]"#),
      ("a user id", route("10.0.0.0/8", plain, extras(uid: 1000)), "uid 1000 ", #""flags":[],"uid":1000"#),
      ("an ingress", route("10.0.0.0/8", plain, extras(iif: 5)), "iif lab1 ", #""flags":[],"iif":"lab1""#),
      ("an unknown ingress", route("10.0.0.0/8", plain, extras(iif: 77)), "iif if77 ", #""flags":[],"iif":"if77""#),
      (
        "an error", route("10.0.0.0/8", plain, extras(error: 4_294_967_183)), "error 4294967183 ",
        #""flags":[],"error":4294967183"#
      ),
      (
        "a lifetime in the past", route("10.0.0.0/8", plain, extras(expires: -250)), "expires -2sec ",
        #""flags":[],"expires":-2"#
      ),
      (
        "TTL propagation", route("10.0.0.0/8", plain, extras(ttlPropagate: 1)), "ttl-propogate enabled",
        #""flags":[],"ttl-propogate":true"#
      ),
      (
        "no TTL propagation", route("10.0.0.0/8", plain, extras(ttlPropagate: 0)), "ttl-propogate disabled",
        #""flags":[],"ttl-propogate":false"#
      ),
      ("an unknown preference", route("10.0.0.0/8", plain, pref: 2), "2", #""flags":[],"pref":2"#),
      (
        "features beyond ECN", route("10.0.0.0/8", plain, extras(metrics: [(12, 0x11, nil)])), "features ecn 0x11 ",
        #""flags":[],"metrics":[{"ecn":null,"features":"0x11"}]"#
      ),
      (
        "no features", route("10.0.0.0/8", plain, extras(metrics: [(12, 0, nil)])), "features ",
        #""flags":[],"metrics":[{}]"#
      ),
      (
        "a lock without a value", route("10.0.0.0/8", plain, extras(metrics: [(1, 4, nil)])), "mtu lock 0 ",
        #""flags":[],"metrics":[{"mtu":0}]"#
      ),
      (
        "the interface's own hop limit, and a metric of the future",
        route("10.0.0.0/8", plain, extras(metrics: [(10, .max, nil), (18, 5, nil)])), "",
        #""flags":[],"metrics":[{}]"#
      ),
    ] as [(String, Route, String, String)])
  func field(what: String, value: Route, text: String, json: String) {
    #expect(Lab.output(.text) { $0.append(value) } == "10.0.0.0/8 via 10.1.0.2 dev lab0 \(text)\n", "\(what)")
    #expect(
      Lab.output(.json) { $0.append(value) }
        == #"[{"dst":"10.0.0.0/8","gateway":"10.1.0.2","dev":"lab0",\#(json)}]\#n"#, "\(what)")
  }

  @Test("a leg without a device")
  func noDevice() {
    let value = route("10.0.0.0/8", .multipath([leg("10.1.0.2", dev: 0, flags: 1)]))
    #expect(
      Lab.output(.text) { $0.append(value) } == "10.0.0.0/8 \n\tnexthop via 10.1.0.2 dev * weight 1 dead \n")
  }

  @Test("types by their words or numbers")
  func types() {
    #expect(
      (0...12).map { RouteType(rawValue: $0).name }.joined(separator: " ")
        == "none unicast local broadcast anycast multicast blackhole unreachable prohibit throw nat xresolve 12")
  }

  @Test("names are escaped in JSON and not in text")
  func escapes() {
    var printer = IPRoute2Printer(names: NameTables(), interfaces: [3: "a\"\\\t\u{1}é"], format: .json)
    printer.append(route("10.0.0.0/8", .single(leg(dev: 3))))
    #expect(
      String(decoding: printer.output, as: UTF8.self)
        == "{\"dst\":\"10.0.0.0/8\",\"dev\":\"a\\\"\\\\\\t\u{1}é\",\"flags\":[]}")
  }

  @Test("a nexthop object that is gone has no nh_info")
  func missingObject() {
    let value = route("10.0.0.0/8", nhid: 9999, .none)
    #expect(
      Lab.output(.text, details: true) { $0.append(value) }
        == "unicast 10.0.0.0/8 nhid 9999 table main proto boot scope global \n")
  }

  @Test(
    "shows the low byte of a weight less 1, as iproute2 6.1 reads it",
    arguments: [(1, ""), (2, ",2"), (256, ",256"), (257, ""), (258, ",2"), (65535, ",255")] as [(UInt32, String)])
  func wideWeights(weight: UInt32, expected: String) {
    let group = NexthopGroup(id: 9, members: [.init(id: 1, weight: weight)])
    #expect(Lab.output(.text) { $0.append(group) } == "id 9 group 1\(expected) \n")
  }

  @Test("buckets, also in hardware")
  func buckets() {
    let table = BucketTable(
      group: 110, buckets: [.init(nexthop: 3, idleTime: 9903), .init(nexthop: 2, idleTime: 0, flags: 0x48)])
    #expect(
      Lab.output(.text) { $0.append(table) }
        == "id 110 index 0 idle_time 99.03 nhid 3 \nid 110 index 1 idle_time 0 nhid 2 offload trap \n")
    #expect(
      Lab.output(.json) { $0.append(table) }
        == #"[{"id":110,"bucket":{"index":0,"idle_time":99.03,"nhid":3},"flags":[]},"#
        + #"{"id":110,"bucket":{"index":1,"idle_time":0,"nhid":2},"flags":["offload","trap"]}]"# + "\n")
  }

  @Test("nothing at all")
  func empty() {
    #expect(Lab.output(.text) { _ in } == "")
    #expect(Lab.output(.json) { _ in } == "[]\n")
    #expect(Lab.output(.prettyJSON) { _ in } == "[ ]\n")
  }

  @Test("pretty JSON")
  func pretty() {
    let value = route(
      "10.6.11.0/24", nhid: 110, .multipath([leg("10.1.0.2", dev: 3), leg("10.1.1.2", dev: 5, flags: 5)]))
    let expected = """
      [ {
              "dst": "10.6.11.0/24",
              "nhid": 110,
              "flags": [ ],
              "nexthops": [ {
                      "gateway": "10.1.0.2",
                      "dev": "lab0",
                      "weight": 1,
                      "flags": [ ]
                  },{
                      "gateway": "10.1.1.2",
                      "dev": "lab1",
                      "weight": 1,
                      "flags": [ "dead","onlink" ]
                  } ]
          } ]

      """
    #expect(Lab.output(.prettyJSON) { $0.append(value) } == expected)
  }
}
