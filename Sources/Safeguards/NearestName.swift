/// Finds what somebody meant who wrote a name that does not exist.
package enum NearestName {
  /// `; did you mean x?` for the known name that is nearest, or nothing when none is near.
  package static func hint(for name: String, among known: [String]) -> String {
    let scored = known.map { (name: $0, distance: distance(name, $0)) }
    guard let best = scored.min(by: { $0.distance < $1.distance }),
      best.distance <= max(2, name.count / 3)
    else { return "" }
    return "; did you mean \(best.name)?"
  }

  /// The names, those first that are nearest; names that are equally near stay in their order.
  package static func sorted(_ names: [String], nearestTo name: String) -> [String] {
    names.enumerated().map { (distance: distance(name, $1), index: $0, name: $1) }
      .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.map(\.name)
  }

  /// Beyond this length nobody has a typing error.
  private static let longest = 100

  /// How many letters must be put in, taken out or changed to make one text of the other.
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(String(left.unicodeScalars.prefix(longest)).lowercased())
    let right = Array(String(right.unicodeScalars.prefix(longest)).lowercased())
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let substituted = diagonal + (letter == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
