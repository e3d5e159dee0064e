import Files
import Rendering

extension DisplayChoices {
  /// The colours for standard output; nil for none.
  ///
  /// Left to itself, output has colours on a terminal that knows them, unless the user wants none anywhere
  /// (https://no-color.org).
  ///
  /// - Parameter choice: what holds where the user has said nothing.
  func palette(byDefault choice: ColorChoice = .auto) -> Palette? {
    switch color ?? choice {
    case .never: return nil
    case .auto:
      guard StandardStream.output.isTerminal, Environment.value("NO_COLOR") ?? "" == "",
        Environment.value("TERM") != "dumb"
      else { return nil }
    case .always: break
    }
    return Palette(colorFGBG: Environment.value("COLORFGBG"))
  }

  /// What colours lines of text; nil for nothing.
  var painter: TextPainter? { palette().map(TextPainter.init) }
}
