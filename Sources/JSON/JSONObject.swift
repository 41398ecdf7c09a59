extension JSON {
  /// The members of a JSON object, in the given order.
  ///
  /// An object is used like a dictionary: setting `nil` removes a member, and comparisons ignore
  /// the order. A literal leaves out members that are `nil`.
  public struct Object: Sendable {
    /// A key and its value.
    public typealias Element = (key: String, value: JSON)

    private var members: [Element]

    /// The position of each key's first member; `nil` while there are few of them, because it is
    /// faster to compare a few short keys than to hash one.
    private var places: [String: Int]?

    /// The number of members up to which keys are searched one after the other.
    private static let searched = 16

    /// Creates an object without members.
    public init() { members = [] }

    /// Creates an object from members in order.
    ///
    /// - Parameter members: The members. If a key comes twice, both are kept, and the subscript
    ///   finds the first.
    public init(_ members: some Sequence<Element>) {
      self.members = Array(members)
      findPlaces()
    }

    /// Creates an object from a dictionary, with sorted keys.
    ///
    /// - Parameter members: The members.
    public init(_ members: [String: JSON]) {
      self.init(members.sorted { $0.key < $1.key })
    }

    private mutating func findPlaces() {
      guard members.count > Object.searched else { return places = nil }
      places = Dictionary(members.indices.lazy.map { [members] in (members[$0].key, $0) }) {
        first, _ in first
      }
    }

    private func place(of key: String) -> Int? {
      if let places { return places[key] }
      return members.firstIndex { $0.key == key }
    }

    /// Appends a member.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value.
    /// - Returns: Whether the key is new; otherwise nothing is appended.
    mutating func append(_ key: String, _ value: JSON) -> Bool {
      if let place = places?.updateValue(members.count, forKey: key) {
        places?[key] = place
        return false
      }
      guard places != nil || place(of: key) == nil else { return false }
      members.append((key, value))
      if places == nil { findPlaces() }
      return true
    }

    /// The value of a key; `nil` if there is none.
    ///
    /// A new member is appended. Setting `nil` removes the member.
    public subscript(key: String) -> JSON? {
      get { place(of: key).map { members[$0].value } }
      set {
        switch (place(of: key), newValue) {
        case (let place?, let value?): members[place].value = value
        case (let place?, nil):
          members.remove(at: place)
          findPlaces()
        case (nil, let value?): _ = append(key, value)
        case (nil, nil): break
        }
      }
    }

    /// Removes a member.
    ///
    /// - Parameter key: The key.
    /// - Returns: The removed value; `nil` if there is none.
    public mutating func removeValue(forKey key: String) -> JSON? {
      let value = self[key]
      self[key] = nil
      return value
    }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The values in order.
    public var values: [JSON] { members.map(\.value) }

    /// The members that satisfy a condition.
    ///
    /// - Parameter isIncluded: The condition.
    /// - Returns: The members, in the same order.
    public func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> Object {
      Object(try members.filter(isIncluded))
    }

    /// Replaces the values.
    ///
    /// - Parameter transform: Maps a value to the new one.
    /// - Returns: The same keys with the new values.
    public func mapValues(_ transform: (JSON) throws -> JSON) rethrows -> Object {
      var object = self
      for place in members.indices {
        object.members[place].value = try transform(members[place].value)
      }
      return object
    }

    /// Adds members.
    ///
    /// - Parameters:
    ///   - other: The members; new ones are appended in their order.
    ///   - combine: The value of a key that both have, from this object's value and the other's.
    public mutating func merge(
      _ other: Object, uniquingKeysWith combine: (JSON, JSON) throws -> JSON
    ) rethrows {
      for (key, value) in other.members {
        self[key] = try self[key].map { try combine($0, value) } ?? value
      }
    }

    /// Adds members to a copy.
    ///
    /// - Parameters:
    ///   - other: The members; new ones are appended in their order.
    ///   - combine: The value of a key that both have, from this object's value and the other's.
    /// - Returns: The members of both.
    public func merging(
      _ other: Object, uniquingKeysWith combine: (JSON, JSON) throws -> JSON
    ) rethrows -> Object {
      var object = self
      try object.merge(other, uniquingKeysWith: combine)
      return object
    }

    /// Sorts the members by key, also those of objects inside.
    ///
    /// - Returns: The sorted members.
    public func sortingKeys() -> Object {
      Object(sortedMembers.map { ($0.key, $0.value.sortingKeys()) })
    }

    /// The members, sorted by key.
    var sortedMembers: [Element] { members.sorted { $0.key < $1.key } }
  }
}

extension JSON.Object: RandomAccessCollection {
  /// The position of the first member.
  public var startIndex: Int { 0 }

  /// The position after the last member.
  public var endIndex: Int { members.count }

  /// The member at a position.
  public subscript(position: Int) -> Element { members[position] }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
  /// Creates an object from a literal.
  ///
  /// - Parameter elements: The members; those with the value `nil` are left out.
  public init(dictionaryLiteral elements: (String, JSON?)...) {
    self.init(elements.lazy.compactMap { key, value in value.map { (key, $0) } })
  }
}

extension JSON.Object: Hashable {
  /// Whether two objects have the same members, in any order.
  public static func == (first: JSON.Object, second: JSON.Object) -> Bool {
    guard first.count == second.count else { return false }
    return first.elementsEqual(second, by: ==)
      || first.sortedMembers.elementsEqual(second.sortedMembers, by: ==)
  }

  /// Hashes the members independently of their order.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for (key, value) in self {
      var member = Hasher()
      member.combine(key)
      member.combine(value)
      sum &+= member.finalize()
    }
    hasher.combine(sum)
  }
}

extension JSON {
  /// Sorts the members of all objects by key.
  ///
  /// - Returns: The value with sorted keys.
  public func sortingKeys() -> JSON {
    switch self {
    case .array(let values): .array(values.map { $0.sortingKeys() })
    case .object(let members): .object(members.sortingKeys())
    case .null, .bool, .integer, .unsigned, .number, .string: self
    }
  }
}
