internal import HashLanes
import MultipathHash

/// Hash inputs that are hashed alike and divided alike, each once, in the columns that the lanes of the CPU take.
///
/// An IPv4 input takes 24 bytes, one of IPv6 48, or 72 with a flow label, and that of a tunnel both headers; the flows
/// behind it take 24 more, and the table that finds it again 8 to 16.
struct InputPool: Sendable {
  /// What becomes of the SipHash of an input.
  enum Form: Hashable, Sendable {
    /// It is the hash.
    case plain
    /// It is mixed with nothing, as that of an outer header.
    case outer
    /// It is mixed with nothing, as that of an inner header.
    case inner
    /// It is mixed with that of an inner header.
    case both
  }

  /// What tells pools apart.
  struct Key: Hashable, Sendable {
    var form: Form
    /// The words that the inputs have in common, and how many follow: of the outer, and of the inner header.
    var parts: [Part]
  }

  struct Part: Hashable, Sendable {
    var beginning: [UInt64]
    var words: Int
  }

  private static let block = 1024

  let key: Key
  private let rowWords: Int
  /// Blocks of 1024 inputs: the first words of all in a block, then their second words, and so on.
  private var words: [UInt64] = []
  private(set) var weights: [UInt64] = []
  private(set) var flows: [UInt64] = []
  /// A power of two, at most half full: places of inputs, -1 for none.
  private var slots = [Int32](repeating: -1, count: 16)

  init(_ key: Key) {
    self.key = key
    rowWords = key.parts.reduce(0) { $0 + $1.words }
  }

  var count: Int { weights.count }

  /// Counts flows with an input.
  ///
  /// - Parameters:
  ///   - row: the words behind the beginnings.
  ///   - mayGrow: whether an input that is not there yet may be added.
  /// - Returns: whether they were counted, and whether the input is a new one.
  mutating func add(_ row: [UInt64], flows: UInt64, weight: UInt64, mayGrow: Bool) -> (isCounted: Bool, isNew: Bool) {
    var slot = place(row)
    while slots[slot] >= 0 {
      let known = Int(slots[slot])
      if isRow(row, at: known) {
        self.flows[known] &+= flows
        weights[known] &+= weight
        return (true, false)
      }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    guard mayGrow else { return (false, false) }
    slots[slot] = Int32(truncatingIfNeeded: count)
    let (block, column) = count.quotientAndRemainder(dividingBy: Self.block)
    if column == 0 { words += repeatElement(0, count: rowWords * Self.block) }
    for (index, word) in row.enumerated() { words[(block * rowWords + index) * Self.block + column] = word }
    weights.append(weight)
    self.flows.append(flows)
    if count * 2 > slots.count { grow() }
    return (true, true)
  }

  func row(_ place: Int) -> [UInt64] {
    let (block, column) = place.quotientAndRemainder(dividingBy: Self.block)
    return (0..<rowWords).map { words[(block * rowWords + $0) * Self.block + column] }
  }

  private func isRow(_ row: [UInt64], at place: Int) -> Bool {
    let (block, column) = place.quotientAndRemainder(dividingBy: Self.block)
    for index in 0..<rowWords where words[(block * rowWords + index) * Self.block + column] != row[index] {
      return false
    }
    return true
  }

  private func place(_ row: [UInt64]) -> Int {
    var mixed: UInt64 = 0
    for word in row { mixed = Mix.mix(mixed, word) }
    return Int(truncatingIfNeeded: mixed) & (slots.count &- 1)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in 0..<count {
      var slot = place(row(number))
      while slots[slot] >= 0 { slot = (slot &+ 1) & (slots.count &- 1) }
      slots[slot] = Int32(truncatingIfNeeded: number)
    }
  }

  // MARK: Hashes

  /// What hashing takes beside the inputs; each thread has its own.
  struct Workspace: Sendable {
    fileprivate var first = [UInt32](repeating: 0, count: InputPool.block)
    fileprivate var second = [UInt32](repeating: 0, count: InputPool.block)

    /// How many hashes stand in a block at the most.
    var capacity: Int { InputPool.block }
  }

  /// Hands on the 31-bit hashes of all inputs under a key, a block at a time.
  ///
  /// - Parameter body: is given the hashes, how many of them count, and the place of the first input.
  func forEachBlock(
    _ hashKey: HashKey, _ workspace: inout Workspace, _ body: ([UInt32], _ count: Int, _ first: Int) -> Void
  ) {
    let beginnings = key.parts.map { HashBeginnings($0.beginning, key: hashKey) }
    for first in stride(from: 0, to: count, by: Self.block) {
      let here = min(Self.block, count - first)
      let start = first * rowWords
      beginnings[0].hash(
        words, from: start, capacity: Self.block, wordCount: key.parts[0].words, count: here, into: &workspace.first)
      if key.parts.count > 1 {
        beginnings[1].hash(
          words, from: start + key.parts[0].words * Self.block, capacity: Self.block, wordCount: key.parts[1].words,
          count: here, into: &workspace.second)
      }
      finish(here, &workspace)
      body(workspace.first, here, first)
    }
  }

  private func finish(_ count: Int, _ workspace: inout Workspace) {
    switch key.form {
    case .plain: for index in 0..<count { workspace.first[index] &>>= 1 }
    case .outer: for index in 0..<count { workspace.first[index] = JenkinsHash.mix(workspace.first[index], 0) &>> 1 }
    case .inner: for index in 0..<count { workspace.first[index] = JenkinsHash.mix(0, workspace.first[index]) &>> 1 }
    case .both:
      for index in 0..<count {
        workspace.first[index] = JenkinsHash.mix(workspace.first[index], workspace.second[index]) &>> 1
      }
    }
  }
}

extension InputPool {
  /// What of a hash depends on the key: the pool that its inputs belong into, and their row there; nil where nothing does.
  static func entry(of trace: HashTrace) -> (key: Key, row: [UInt64])? {
    let inputs: [HashInput]
    let form: Form
    switch (trace.result, trace.outer, trace.inner) {
    case (.sipHash, let outer?, _): (form, inputs) = (.plain, [outer])
    case (.sipHash, nil, let inner?): (form, inputs) = (.plain, [inner])
    case (.mixed, let outer?, nil): (form, inputs) = (.outer, [outer])
    case (.mixed, nil, let inner?): (form, inputs) = (.inner, [inner])
    case (.mixed, let outer?, let inner?): (form, inputs) = (.both, [outer, inner])
    default: return nil
    }
    var key = Key(form: form, parts: [])
    var row: [UInt64] = []
    for input in inputs {
      // The words between the first one and the ports are 0; a flow label makes the first one another for each flow.
      let begins = !input.fields.contains(.flowLabel) || input.words[0] >> 32 == 0
      let first = begins ? 3 : 0
      key.parts.append(
        Part(beginning: (0..<first).map { input.words[$0] }, words: input.wordCount - first))
      for index in first..<input.wordCount { row.append(input.words[index]) }
    }
    return (key, row)
  }
}
