internal import Glibc

/// The CPUs of this machine.
package enum Processors {
  /// How many CPUs are on line; at least 1.
  package static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
