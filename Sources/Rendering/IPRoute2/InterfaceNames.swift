/// The names of interfaces by index, as `ip` prints them.
struct InterfaceNames: Sendable {
  private let names: [UInt32: [UInt8]]

  init(_ names: [UInt32: String]) {
    self.names = names.mapValues { Array($0.utf8) }
  }

  /// The name; `if7` for an index without one, and `*` for none.
  subscript(index: UInt32) -> [UInt8] {
    names[index] ?? Array((index == 0 ? "*" : "if\(index)").utf8)
  }
}
