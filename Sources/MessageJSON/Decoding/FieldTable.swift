internal import ProtobufWire

/// What reading a message needs to know of its type: the fields by both of their names.
///
/// Names are compared as bytes; to `String` different code points can be equal.
struct FieldTable {
  struct Row {
    let schema: FieldSchema
    let jsonName: String
  }

  private var rows: [[UInt8]: Row] = [:]

  init(_ type: any Message.Type) {
    for schema in type.fieldSchemas {
      let jsonName = JSONName.camelCased(schema.name.utf8)
      let row = Row(schema: schema, jsonName: String(decoding: jsonName, as: UTF8.self))
      rows[jsonName] = row
      rows[Array(schema.name.utf8)] = row
    }
  }

  subscript(name: [UInt8]) -> Row? { rows[name] }
}
