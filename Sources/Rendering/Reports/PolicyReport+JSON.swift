package import JSON
import MultipathHash
import Routing

extension PolicyReport: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("family", family.rawValue)
    writer.member("policy", number)
    writer.member("policy_name", policyName)
    writer.member("fields", fields.names)
    if !fieldsWithoutInner.isEmpty { writer.member("fields_without_inner", fieldsWithoutInner.names) }
    writer.member("seed", seed)
    writer.member("key_known", seed != nil)
    if case .recovered = key { writer.member("key_recovered", true) }
    writer.key("settings")
    writer.beginArray()
    for setting in settings {
      writer.beginObject()
      writer.member("name", setting.name)
      writer.key("value")
      if let value = setting.value { value.write(to: &writer) } else { writer.null() }
      writer.member("effect", setting.effect)
      writer.endObject()
    }
    writer.endArray()
    writer.key("behaviour")
    writer.object { writer in
      for trait in traits {
        writer.key(trait.name)
        if let value = behaviour[keyPath: trait.value] { writer.bool(value) } else { writer.null() }
      }
    }
    writer.endObject()
  }

  private var seed: UInt32? {
    switch key {
    case .seed(let seed), .recovered(let seed): seed
    case .boot, .noSysctl: nil
    }
  }
}
