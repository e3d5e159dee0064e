import HashLanes

extension SelectorTable {
  /// Lets the selectors that stand in a batch in the place of shapes choose these by the hashes of 32 bits there, of
  /// which 31 are left, or 0 where none is told.
  func select(_ batch: inout DecisionBatch, lanes: LaneCount) {
    guard let number = batch.shapes.first else { return }
    guard Self.areAll(batch.shapes.span, number) else {
      return select(&batch.shapes, &batch.hashes)
    }
    let selector = selectors[Int(number)]
    guard selector.told != 0 else {
      return Self.fill(&batch.shapes, &batch.hashes, members[Int(selector.first)])
    }
    guard selector.hasFewRanges else { return select(&batch.shapes, &batch.hashes, by: selector) }
    HashRanges(
      ends: ends, steps: steps, places: Int(selector.first)..<Int(selector.last), first: members[Int(selector.first)]
    ).select(&batch.hashes, lanes: lanes, into: &batch.shapes)
  }

  private static func areAll(_ numbers: Span<UInt32>, _ number: UInt32) -> Bool {
    var differing: UInt32 = 0
    for place in numbers.indices { differing |= numbers[place] ^ number }
    return differing == 0
  }

  private static func fill(_ shapes: inout [UInt32], _ hashes: inout [UInt32], _ shape: UInt32) {
    var shapes = shapes.mutableSpan
    var hashes = hashes.mutableSpan
    for place in shapes.indices {
      shapes[place] = shape
      hashes[place] = 0
    }
  }

  private func select(_ shapes: inout [UInt32], _ hashes: inout [UInt32], by selector: Selector) {
    let (members, ends, starts) = (members.span, ends.span, starts.span)
    var shapes = shapes.mutableSpan
    var hashes = hashes.mutableSpan
    for place in shapes.indices {
      let hash = hashes[place] &>> 1
      hashes[place] = hash
      shapes[place] = selector.shape(of: hash, members, ends, starts)
    }
  }

  private func select(_ shapes: inout [UInt32], _ hashes: inout [UInt32]) {
    let (members, ends, starts, selectors) = (members.span, ends.span, starts.span, selectors.span)
    var shapes = shapes.mutableSpan
    var hashes = hashes.mutableSpan
    for place in shapes.indices {
      let selector = selectors[Int(shapes[place])]
      let hash = hashes[place] &>> 1 & selector.told
      hashes[place] = hash
      shapes[place] = selector.shape(of: hash, members, ends, starts)
    }
  }
}
