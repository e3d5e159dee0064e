internal import CNetlink

/// An errno of Linux.
package struct Errno: RawRepresentable, Error, Hashable, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }

  /// EPERM.
  package static let notPermitted = Errno(rawValue: 1)
  /// ENOENT.
  package static let noEntry = Errno(rawValue: 2)
  /// EAGAIN.
  package static let tryAgain = Errno(rawValue: 11)
  /// EACCES.
  package static let accessDenied = Errno(rawValue: 13)
  /// EEXIST.
  package static let exists = Errno(rawValue: 17)
  /// ENODEV.
  package static let noDevice = Errno(rawValue: 19)
  /// ENOTDIR.
  package static let notDirectory = Errno(rawValue: 20)
  /// EINVAL.
  package static let invalid = Errno(rawValue: 22)
  /// EROFS.
  package static let readOnly = Errno(rawValue: 30)
  /// ESRCH.
  package static let noSuchProcess = Errno(rawValue: 3)
  /// EMSGSIZE.
  package static let messageTooLong = Errno(rawValue: 90)
  /// EPROTONOSUPPORT.
  package static let protocolNotSupported = Errno(rawValue: 93)
  /// EOPNOTSUPP.
  package static let notSupported = Errno(rawValue: 95)
  /// EAFNOSUPPORT.
  package static let familyNotSupported = Errno(rawValue: 97)
  /// ENETUNREACH.
  package static let networkUnreachable = Errno(rawValue: 101)
  /// ENOBUFS.
  package static let noBufferSpace = Errno(rawValue: 105)
  /// EHOSTUNREACH.
  package static let hostUnreachable = Errno(rawValue: 113)
}

extension Errno: CustomStringConvertible {
  /// The C library's words, as `perror` prints them.
  package var description: String {
    guard let text = unsafe cnl_error_text(rawValue) else { return "error \(rawValue)" }
    return unsafe String(cString: text)
  }
}
