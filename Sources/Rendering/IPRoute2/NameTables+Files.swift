import Files

extension NameTables {
  /// The names of this machine: the files of `directory`, each of which may be absent.
  ///
  /// Reads `rt_protos.d` and `rt_tables.d` as iproute2 6.1 does: names that end in `.conf` and do not start with a
  /// point, in the directory's own order.
  package static func read(directory: String = "/etc/iproute2") -> NameTables {
    var files = Files()
    files.protocols = [contents("\(directory)/rt_protos")] + configurations("\(directory)/rt_protos.d")
    files.tables = [contents("\(directory)/rt_tables")] + configurations("\(directory)/rt_tables.d")
    files.scopes = contents("\(directory)/rt_scopes")
    files.realms = contents("\(directory)/rt_realms")
    files.dsFields = contents("\(directory)/rt_dsfield")
    files.groups = contents("\(directory)/group")
    return NameTables(files: files)
  }

  /// The bytes of a file; empty when it can not be read.
  private static func contents(_ path: String) -> [UInt8] {
    (try? InputFile.contents(of: path)) ?? []
  }

  private static func configurations(_ directory: String) -> [[UInt8]] {
    Directory.names(in: directory)
      .filter { !$0.hasPrefix(".") && $0.hasSuffix(".conf") && $0.utf8.count > 5 }
      .map { contents("\(directory)/\($0)") }
  }
}
