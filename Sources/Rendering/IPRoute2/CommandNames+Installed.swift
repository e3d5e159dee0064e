package import Planning

extension CommandNames {
  /// Those of /etc/iproute2 on this machine.
  package static var installed: CommandNames {
    let names = NameTables.read()
    return CommandNames(
      tables: names.tableNumbers, protocols: names.protocolNumbers, scopes: names.scopeNumbers,
      realms: names.realmNumbers, dsFields: names.dsFieldNumbers, groups: names.groupNumbers)
  }
}
