/// What a request does with the object that it names.
package enum RequestMode: Hashable, Sendable {
  /// NLM_F_CREATE and NLM_F_EXCL: make it, and fail where it exists.
  case add
  /// NLM_F_REPLACE: alter it, and fail where it is missing.
  case change
  /// NLM_F_CREATE and NLM_F_REPLACE.
  case replace
  /// NLM_F_CREATE: put a route before those of the same key.
  case prepend
  /// NLM_F_CREATE and NLM_F_APPEND: put a route after those of the same key.
  case append
  /// NLM_F_EXCL alone: `ip route test`. IPv6 adds the route all the same.
  case test
  /// An RTM_DEL* message.
  case delete
}
