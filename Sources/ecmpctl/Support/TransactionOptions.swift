import ArgumentParser
import Files
import KernelRouting
import Transactions

/// Where a transaction acts, and where its journal is.
struct TransactionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Act in that network namespace: a name under /run/netns, a path, or a process id.", valueName: "name"))
  var netns: String?

  @Option(
    help: ArgumentHelp(
      "The directory of the journal (default: \(TransactionDirectory.standardPath)).", valueName: "dir"))
  var journal: String = TransactionDirectory.standardPath

  @OptionGroup var display: DisplayOptions

  @OptionGroup var detail: DetailOptions

  var directory: TransactionDirectory { TransactionDirectory(argument: journal) }

  /// The kernel, after the calling thread has moved into the namespace asked for.
  func kernel() throws -> Kernel {
    try Kernel(namespace: netns.map(NetworkNamespace.init))
  }
}

extension TransactionDirectory {
  /// The directory that `--journal` names, by a path that holds in every working directory; the usual one where it is not
  /// given.
  init(argument path: String?) {
    let path = path ?? Self.standardPath
    guard !path.hasPrefix("/"), let here = Environment.directory else {
      self.init(path)
      return
    }
    self.init(here + "/" + path)
  }
}
