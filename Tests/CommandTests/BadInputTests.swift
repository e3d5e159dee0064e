import TestSupport
import Testing

/// Bad input gets one line that says what, where and what to do, and the documented exit status.
@Suite("Bad input")
struct BadInputTests {
  /// A small snapshot: one interface, one multipath route, one resilient group.
  static let snapshot = """
    {"format":"ecmpctl-snapshot","version":1,
     "kernel":{"release":"6.18.44","machine":"x86_64"},
     "settings":{"ipv4":{},"ipv6":{}},
     "links":[{"ifindex":2,"ifname":"o1","flags":65603,"operstate":6,"mtu":1500,"group":0,
       "altnames":["uplink0"]}],
     "rules":[],"routes":[]}
    """

  private func expect(
    _ run: ProgramRun, status: Int32, says words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(run.status == status, "\(run.error)", sourceLocation: sourceLocation)
    #expect(run.output == "", sourceLocation: sourceLocation)
    #expect(run.errorLines.count == 1, "\(run.error)", sourceLocation: sourceLocation)
    for word in words {
      #expect(run.error.contains(word), "\(run.error)", sourceLocation: sourceLocation)
    }
  }

  @Test(
    "wrong usage ends with 2",
    arguments: [
      ("an unknown command", "frobnicate", "frobnicate"),
      ("an unknown option", "show --frobnicate", "--frobnicate' (see ecmpctl show --help)"),
      ("an unknown option of a word", "show -j groups --frobnicate", "(see ecmpctl show groups --help)"),
      ("an unknown option of predict", "predict --frobnicate", "(see ecmpctl predict --help)"),
      ("an unknown option of nothing", "--frobnicate", "(see ecmpctl --help)"),
      ("no destination", "predict -s 10.0.0.1", "dst is missing: give the destination with -d"),
      ("an output of one flow", "predict -d 10.0.0.1 --output csv", "--flows, --conntrack, --sockets or --random"),
      ("an input of one flow", "predict -d 10.0.0.1 --input csv", "--input and --keep-going need --flows"),
      ("a prefix with host bits", "show 10.0.0.1/8", "did you mean 10.0.0.0/8?"),
      ("a prefix length out of range", "show 10.0.0.0/33", "at most 32"),
      ("a prefix that is none", "show 10.0.0", "not a prefix"),
      ("both families", "show -4 -6", "exclude"),
      ("an unknown table", "show --table nowhere", "nowhere"),
      ("an unknown style", "show --style html", "html"),
      ("no flow", "predict", "no flow"),
      ("a port out of range", "predict -s 10.0.0.1 -d 10.0.0.2 -p udp --sport 70000", "70000"),
      ("an unknown protocol", "predict -s 10.0.0.1 -d 10.0.0.2 -p upd", "upd"),
      ("an address that is none", "predict -d 10.0.0.256", "10.0.0.256"),
      ("an address with a zone", "predict -d fe80::1%o1", "\"fe80::1%o1\" is no IP address; leave out %"),
      ("words with a zone", "predict fe80::1%o1", "is no IP address; leave out % and the interface, and give that as"),
      ("a source with a zone", "predict fe80::1 from fe80::2%o1", "give that as iif or oif"),
      ("families that differ", "predict -s 10.0.0.1 -d ::1", "different families"),
      ("an unknown word", "predict 10.0.0.1 via 10.0.0.2", "via"),
      ("a word without value", "predict 10.0.0.1 from", "missing"),
      ("an unknown link type", "predict --packet 45 --link-type wifi", "of the following: ethernet, ip, ipv4, "),
      ("an unknown hazard", "resilient plan --all --accept all", "of the following: starved-member, "),
      ("an option with an empty value", "predict -s '' -d 10.0.0.1", "src has no value: give one, or leave it out"),
      ("a word with an empty value", "predict 10.0.0.1 iif ''", "iif has no value"),
      ("an empty field of random flows", "predict --random 1 --to 10.0.0.0/8 -p ''", "proto has no value"),
      ("a file without a name", "predict --flows ''", "can not open \"\": No such file"),
      ("a snapshot without a name", "show --snapshot ''", "can not read \"\": No such file"),
      ("a field twice", "predict -d 10.0.0.1 to 10.0.0.2", "twice"),
      ("a negative port", "predict -d 10.0.0.1 --sport -1", "\"-1\" is no port"),
      ("a negative number", "predict --random -3 --to 10.0.0.0/8", "at least 1"),
      ("a negative word", "predict 10.0.0.1 sport -1", "-1 stands where no negative number can"),
      ("a negative table", "show --table -1 --snapshot SNAPSHOT", "no routing table \"-1\""),
      ("a negative count", "verify --count -3", "--count must be at least 1"),
      ("a seed that is none", "predict -d 10.0.0.1 --seed 0", "seed"),
      ("a flow file that is absent", "predict --flows /nonexistent/flows.csv", "/nonexistent/flows.csv"),
      ("a flow file and a flow", "predict --flows - -d 10.0.0.1", "exclude"),
      ("CSV as JSON", "predict --flows - --output csv -j", "no JSON"),
      ("indented NDJSON", "predict --flows - --output ndjson --pretty", "one flow a line"),
      ("many flows as indented JSON", "predict --flows - -j --pretty", "one flow a line"),
      ("a family and a prefix of the other", "verify -6 198.51.100.0/24", "-6"),
      ("two sources of flows", "predict --conntrack --sockets", "exclude each other"),
      ("connections of a snapshot", "predict --conntrack --snapshot SNAPSHOT", "--snapshot"),
      ("sockets of a snapshot", "predict --sockets --snapshot SNAPSHOT", "--snapshot"),
      ("random flows and a source", "predict --random 1 --to 10.0.0.0/8 -s 10.0.0.1", "only these can be added to it"),
      ("sockets and words", "predict --sockets 10.0.0.1", "--sockets and a flow"),
      ("an explanation of many", "predict --random 1 --to 10.0.0.0/8 --explain", "for one flow"),
      ("a direction of nothing", "predict --direction reply", "--conntrack"),
      ("established without a source", "predict --established", "--conntrack or --sockets"),
      ("a format of sockets", "predict --sockets --input csv", "--flows"),
      ("random flows to nowhere", "predict --random 5", "--to PREFIX"),
      ("no random flows", "predict --random 0 --to 10.0.0.0/8", "at least 1"),
      ("random flows of two families", "predict --random 1 --to 10.0.0.0/8 --from ::/0", "different families"),
      ("a destination of nothing", "predict --to 10.0.0.0/8", "--random"),
      ("a seed of nothing", "predict --random-seed 5", "--random"),
      ("verify of two sources", "verify --random 5 --to 10.0.0.0/8 --sockets", "exclude"),
      ("a snapshot that is absent", "show --snapshot /nonexistent/state.json", "/nonexistent/state.json"),
      ("verify on a snapshot", "verify --snapshot /nonexistent/state.json", "live kernel"),
      ("a table that a snapshot does not have", "show --table 9999 --snapshot SNAPSHOT", "no routing table 9999 in"),
      ("a group that does not exist", "show groups 99 --snapshot SNAPSHOT", "no nexthop group 99"),
      ("buckets of a group that does not exist", "show buckets 99 --snapshot SNAPSHOT", "no nexthop group 99"),
      ("verify of nothing", "verify --count 0", "--count"),
      ("a namespace that is absent", "show --netns no-such-namespace", "no-such-namespace"),
      ("a namespace that is a file", "show --netns /etc/passwd", "/etc/passwd"),
    ])
  func usage(what: String, arguments: String, says: String) throws {
    try withTemporaryDirectory { directory in
      try run("cat >\(directory)/s.json <<'E'\n\(Self.snapshot)\nE")
      let needsState = arguments.hasPrefix("predict") && !arguments.contains("--snapshot")
      let source = needsState ? " --snapshot \(directory)/s.json" : ""
      let words = (arguments + source).split(separator: "SNAPSHOT", omittingEmptySubsequences: false)
      expect(try Program.run(words.joined(separator: "\(directory)/s.json")), status: 2, says: says)
    }
  }

  @Test(
    "an option that can not have an effect is wrong usage",
    arguments: [
      ("resilient plan --all -p udp", "-p is for flows, and none are given: add --flows FILE, --conntrack,"),
      ("resilient plan --all --seed 5", "--seed is for flows"),
      ("resilient plan --group 5 --key auto", "--key is for flows"),
      ("resilient plan --all --input csv", "--input is for flows"),
      ("resilient plan --all --keep-going", "--keep-going is for flows"),
      ("resilient plan --all --random-seed 5", "--random-seed is for flows"),
      ("resilient plan --all --flows - --random-seed 5", "--random-seed needs --random"),
      ("resilient apply --all --measure", "--measure is for flows"),
      ("resilient apply --plan plan.json --seed 5", "--seed is for a plan that is made now"),
      ("resilient apply --plan plan.json -i o1", "--iif is for a plan that is made now"),
      ("resilient apply --plan plan.json --flows -", "--flows is for a plan that is made now"),
      ("resilient apply --plan plan.json --keep-going", "--keep-going is for a plan that is made now"),
      ("resilient apply --resume --sport 5", "--sport is for a plan that is made now"),
      ("resilient revert --all --inner-src 10.0.0.1", "--inner-src is for flows"),
      ("resilient revert --all --dry-run --snapshot SNAPSHOT --journal .", "--journal is of this machine"),
      ("resilient tune --group 5 --idle-timer 5 --connected", "--connected is for flows"),
      ("seed set 5 --keep-going", "--keep-going is for flows"),
      ("seed set 5 --dport 53", "--dport is for flows"),
      ("seed set 5 --flows - --random-seed 5", "--random-seed needs --random"),
      ("seed tune --same-as SNAPSHOT --tries 5", "--tries has no say in that"),
      ("seed tune --same-as SNAPSHOT --threads 1", "--threads has no say in that"),
      ("seed tune --same-as SNAPSHOT --upstream-seed 1", "--upstream-seed has no say in that"),
      ("seed tune --same-as SNAPSHOT -s 10.0.0.1", "--src has no say in that"),
      ("verify --keep-going", "--input and --keep-going need --flows"),
      ("verify --sockets --random-seed 5", "--random-seed needs --random"),
      ("predict --flows - --link-type ip", "--link-type is for --packet, not for --flows"),
      ("predict -d 10.0.0.1 --measure --key auto", "--measure is --key measure, and not --key auto"),
      ("whatif --link-down o1 --flows - --measure --key known", "and not --key known"),
      ("whatif --link-down o1 --flows - --html - --list moved", "--html - prints the page in place of anything else"),
      ("whatif --link-down o1 --flows - --html - -j", "--html - prints the page in place of anything else"),
      (
        "whatif --batch - --flows - --snapshot SNAPSHOT",
        "can not open standard input: it can be read once, and is named twice: give a file for one"
      ),
      ("snapshot diff - -", "standard input: it can be read once, and is named twice"),
      ("snapshot import --route - --route6 - -o -", "standard input: it can be read once, and is named twice"),
      ("check --snapshot SNAPSHOT --journal .", "--journal is of this machine"),
      ("metrics --snapshot SNAPSHOT --journal .", "--journal is of this machine"),
      ("trace --topology SNAPSHOTS -d 10.0.0.1 --netns 1", "--netns says which router is the live one"),
      ("trace --topology SNAPSHOTS -d 10.0.0.1 --snapshot SNAPSHOT", "--snapshot says which router is the live one"),
    ])
  func idleOption(arguments: String, says: String) throws {
    try withTemporaryDirectory { directory in
      try run(
        """
        cat >\(directory)/s.json <<'E'
        \(Self.snapshot)
        E
        echo 'router o1 snapshot \(directory)/s.json' >\(directory)/topology
        """)
      let source = arguments.hasPrefix("predict --flows") ? " --snapshot \(directory)/s.json" : ""
      let words = (arguments + source).split(separator: " ").map { word in
        word == "SNAPSHOT" ? "\(directory)/s.json" : word == "SNAPSHOTS" ? "\(directory)/topology" : String(word)
      }
      // Standard input holds a command, a snapshot or routes.
      let input = words.contains("diff") ? "\(directory)/s.json" : "\(directory)/input"
      try run("echo \(words.contains("import") ? "[]" : "link set o1 down") >\(directory)/input")
      expect(try Program.run(words.joined(separator: " ") + " <\(input)"), status: 2, says: says)
    }
  }

  @Test(
    "a bad flow file names file, line and column",
    arguments: [
      ("a wrong column", "src,dst,sprot\\n", ":1:9:", "unknown column \"sprot\""),
      ("a port out of range", "src,dst,proto,sport\\n10.0.0.1,10.0.0.2,udp,70000\\n", ":2:23:", "70000"),
      ("a missing field", "src,dst,proto\\n10.0.0.1,10.0.0.2\\n", ":2:", "2 of the header's 3 fields"),
      ("a field too many", "src,dst\\n10.0.0.1,10.0.0.2,udp\\n", ":2:19:", "more fields"),
      ("an unknown interface", "src,dst,iif\\n10.0.0.1,10.0.0.2,eth9\\n", ":2:19:", "eth9"),
      ("no header", "", "", "no header line"),
      ("an unknown key", "{\"dst\":\"10.0.0.1\",\"dprot\":1}\\n", ":1:", "unknown key \"dprot\""),
      ("NDJSON that ends early", "{\"dst\":\"10.0.0.1\"\\n", ":1:", ""),
      ("a JSON array", "[{\"dst\":\"10.0.0.1\"}]\\n", ":1:1:", "jq"),
      ("a compressed file", "\\037\\213\\010\\000abc\\n", "flows is compressed", "gzip -dc"),
    ])
  func flowFile(what: String, text: String, place: String, says: String) throws {
    try withTemporaryDirectory { directory in
      try run("cat >\(directory)/s.json <<'E'\n\(Self.snapshot)\nE\nprintf '\(text)' >\(directory)/flows")
      let source = "--flows \(directory)/flows --snapshot \(directory)/s.json"
      // Not even a header comes out of a file without a flow.
      for output in ["summary", "csv"] {
        expect(try Program.run("predict \(source) --output \(output)"), status: 2, says: place, says)
      }
      expect(try Program.run("whatif --link-down o1 --list moved \(source)"), status: 2, says: place, says)
    }
  }

  @Test(
    "a routing table that no family has is the kernel's error, in every style",
    arguments: ["", "-4", "-6", "-j", "--style iproute2", "-j --style iproute2", "--all"])
  func noTable(options: String) throws {
    try withNetworkNamespace {
      let run = try Program.run("show --table 9999 \(options)")
      #expect(run.status == 3 && run.output == "", "\(run.output)")
      let family = options.contains("-6") ? "ipv6" : "ipv4"
      #expect(
        run.error.hasSuffix("routes of table 9999: No such file or directory: \(family): FIB table does not exist\n"))
      #expect(run.errorLines.count == 1, "\(run.error)")
      // That of main is there before its first route.
      #expect(try Program.run("show \(options)").status == 0)
    }
  }

  @Test("a bad line is passed over with --keep-going, and the exit status says so")
  func keepGoing() throws {
    try withTemporaryDirectory { directory in
      try run(
        """
        cat >\(directory)/s.json <<'E'
        \(Self.snapshot)
        E
        printf 'src,dst\\n10.0.0.1,bad\\n10.0.0.1,10.0.0.2\\n' >\(directory)/flows
        """)
      let run = try Program.run("predict --flows \(directory)/flows --snapshot \(directory)/s.json --keep-going")
      #expect(run.status == 1)
      #expect(run.output.split(separator: "\n").count == 2, "the header and one flow")
      #expect(run.error.contains("flows:2:10:") && run.error.hasSuffix("1 bad record passed over\n"))
    }
  }

  @Test(
    "a bad snapshot says what is wrong with it",
    arguments: [
      ("a truncated one", "head -c 60", "ends early"),
      ("one of a newer version", "sed s/\\\"version\\\":1/\\\"version\\\":7/", "version 7"),
      ("something else", "sed s/ecmpctl-snapshot/other/", "not"),
      ("no JSON", "tr '{' '<'", ""),
      ("a wrong value", "sed s/\\\"ifindex\\\":2/\\\"ifindex\\\":\\\"two\\\"/", "s.json:4: links[0].ifindex"),
    ])
  func snapshot(what: String, filter: String, says: String) throws {
    try withTemporaryDirectory { directory in
      try run("\(filter) >\(directory)/s.json <<'E'\n\(Self.snapshot)\nE")
      expect(try Program.run("show --snapshot \(directory)/s.json"), status: 2, says: "s.json", says)
    }
  }

  @Test("a full disk is an error, not an empty file")
  func fullDisk() throws {
    try withTemporaryDirectory { directory in
      try run("cat >\(directory)/s.json <<'E'\n\(Self.snapshot)\nE")
      let run = try Program.run("show policy --snapshot \(directory)/s.json >/dev/full")
      #expect(run.status == 2)
      #expect(run.error.contains("No space left"))
    }
  }

  @Test("a snapshot is written through symbolic links, and one that holds the key is its owner's alone")
  func snapshotFile() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        // The links lead to each other, the last one to a file that is yet to be made.
        try run(
          "cd \(directory); mkdir d; ln -s d/next link; ln -s ../made.json d/next; ln -s \(directory)/link absolute")
        for (link, seed, mode) in [("absolute", 0, "644"), ("link", 4711, "600"), ("absolute", 0, "644")] {
          try run("sysctl -qw net.ipv4.fib_multipath_hash_seed=\(seed)")
          let saved = try Program.run("snapshot save \(directory)/\(link)", prefix: "umask 022;")
          #expect(saved.status == 0, "\(saved.error)")
          #expect(
            try run("cd \(directory); stat -c '%F %a' absolute link d/next made.json")
              == "symbolic link 777\nsymbolic link 777\nsymbolic link 777\nregular file \(mode)\n")
        }
        try run("cd \(directory); rm -f link d/next; ln -s d/next link; ln -s ../link d/next")
        #expect(try Program.run("snapshot save \(directory)/link").status == 2, "a circle")
      }
    }
  }

  @Test("a reader that goes away ends the program quietly")
  func closedPipe() throws {
    try withTemporaryDirectory { directory in
      try run("cat >\(directory)/s.json <<'E'\n\(Self.snapshot)\nE")
      let lines = "(echo dst; i=0; while [ $i -lt 20000 ]; do echo 10.0.0.1; i=$((i+1)); done) |"
      let run = try Program.run("predict --flows - --snapshot \(directory)/s.json | head -n 1", prefix: lines)
      #expect(run.output.hasPrefix("index,"))
      #expect(run.error == "")
    }
  }
}
