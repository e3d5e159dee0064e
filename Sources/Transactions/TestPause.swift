internal import Files
internal import Netlink

/// Stops the process at a chosen place in a transaction, for tests that want to know what a kill there leaves behind.
///
/// `ECMPCTL_PAUSE=sent:3` stops it once the kernel has taken step 3 and before that is written down.
enum TestPause: String {
  /// It is on the disk that the step will be made or undone; the kernel knows nothing of it.
  case written
  /// The kernel has taken the request.
  case sent
  /// It is on the disk that the step is made or undone.
  case noted

  /// - Parameter step: counted from 1, as a user does; on the way back with a minus sign.
  func here(_ step: Int) {
    guard let wanted = Environment.value("ECMPCTL_PAUSE"), wanted == "\(rawValue):\(step)" else { return }
    System.stopSelf()
  }
}
