internal import Glibc

/// The terminal behind standard output.
package enum Terminal {
  /// Its columns and rows now; nil where standard output is no terminal, or one that does not tell.
  package static var size: (columns: Int, rows: Int)? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
