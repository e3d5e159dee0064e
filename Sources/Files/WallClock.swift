internal import Glibc

/// The time of day, for stamps in files.
package enum WallClock {
  /// Now, in UTC, such as `2026-01-31T12:00:00Z`.
  package static var now: String { seconds(time(nil)) + "Z" }

  /// Now, in UTC, to the millisecond, such as `2026-01-31T12:00:00.042Z`.
  package static var preciseNow: String {
    var moment = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &moment) == 0 else { return now }
    let digits = String(1000 + moment.tv_nsec / 1_000_000).dropFirst()
    return "\(seconds(moment.tv_sec)).\(digits)Z"
  }

  private static func seconds(_ time: time_t) -> String {
    var seconds = time
    var parts = unsafe tm()
    let filled = unsafe gmtime_r(&seconds, &parts)
    guard unsafe filled != nil else { return "" }
    let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
    let (hour, minute, second) = unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec)
    return "\(year)-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))"
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
