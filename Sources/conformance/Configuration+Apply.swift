import KernelRouting
import Routing
import TestSupport

extension Configuration {
  /// Brings the configuration about; the router has none.
  func apply(to lab: Lab) throws {
    for setting in settings { try setting.write() }
    for group in groups { try lab.kernel.add(.group(group)) }
    for route in routes { try lab.kernel.add(.route(route)) }
    for rule in rules { try lab.kernel.add(.rule(rule)) }
    if !commands.isEmpty { try run(Lab.batch(commands)) }
  }

  /// Makes the changes of the second half.
  func change(_ lab: Lab) throws {
    for setting in laterSettings { try setting.write() }
    for group in replacements { try lab.kernel.add(.group(group), replacing: true) }
  }

  /// Takes everything away again.
  func remove(from lab: Lab) throws {
    for rule in rules { try lab.kernel.delete(.rule(rule)) }
    // A route goes with the last device that it could use.
    for route in routes { _ = try? lab.kernel.delete(.route(route)) }
    for group in groups { try lab.kernel.delete(.group(group)) }
    if !removals.isEmpty { try run("set +e" + Lab.batch(removals, options: "-force") + "true") }
    if !remedies.isEmpty { try run(Lab.batch(remedies)) }
  }
}
