import Routing

/// Where groups came from, as far as earlier plans tell.
///
/// An id is no name for ever: plans use the ids of groups again that earlier ones have removed. So each record is held
/// only against those before it.
extension PlanBuilder {
  /// The place that the routes of a group came from before all plans that are known.
  struct Trace: Hashable {
    var place: Conversion.Place
    /// The position, in the history, of the record that leads away from there.
    var record: Int
  }

  /// What the group came from by earlier plans, if they tell: through groups that were themselves made by plans.
  func origin(of id: UInt32) -> Conversion.Place? { trace(of: id)?.place }

  /// The same with its record; nil where the records begin with a group that a plan has made which left none.
  func trace(of id: UInt32) -> Trace? {
    var current = id
    var end = request.history.count
    while let record = request.history[..<end].lastIndex(where: { $0.to == .object(id: current) && $0.from != $0.to }) {
      let place = request.history[record].origin ?? request.history[record].from
      guard case .object(let before) = place, request.ids.contains(before) else {
        return Trace(place: place, record: record)
      }
      (current, end) = (before, record)
    }
    return nil
  }

  /// The group of that id as it was before the plans that changed it, up to the one of `record`; nil where none tells.
  func earliest(_ id: UInt32, until record: Int) -> NexthopGroup? {
    let place = Conversion.Place.object(id: id)
    let made = request.history[..<record].lastIndex { $0.to == place && $0.from != place }
    return request.history[(made.map { $0 + 1 } ?? 0)...record].first { $0.from == place }?.replaced
  }

  /// The group of that id as it was before the plans that changed it in place; nil where none has.
  func untuned(_ id: UInt32) -> NexthopGroup? {
    let place = Conversion.Place.object(id: id)
    // Where its routes have left it, or came to it, it is another group from there on.
    let last = request.history.lastIndex { ($0.from == place) != ($0.to == place) }
    return request.history[(last.map { $0 + 1 } ?? 0)...].first { $0.from == place }?.replaced
  }
}
