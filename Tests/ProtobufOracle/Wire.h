#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <string>

namespace protobuf_oracle {

enum class WireType : uint32_t {
  varint = 0,
  fixed64 = 1,
  lengthDelimited = 2,
  startGroup = 3,
  endGroup = 4,
  fixed32 = 5,
};

// The wire type of an unpacked field; the contract has no other types than these.
inline WireType wireType(const google::protobuf::FieldDescriptor *field) {
  using google::protobuf::FieldDescriptor;
  switch (field->type()) {
    case FieldDescriptor::TYPE_BOOL:
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64: return WireType::varint;
    default: return WireType::lengthDelimited;
  }
}

inline void appendVarint(std::string *out, uint64_t value) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

inline void appendTag(std::string *out, uint32_t number, WireType type) {
  appendVarint(out, uint64_t{number} << 3 | static_cast<uint32_t>(type));
}

inline void appendField(std::string *out, uint32_t number, const std::string &payload) {
  appendTag(out, number, WireType::lengthDelimited);
  appendVarint(out, payload.size());
  *out += payload;
}

// Reads the parts of an encoding front to back; a read that fails leaves it anywhere.
class Reader {
 public:
  Reader(const uint8_t *position, const uint8_t *end) : position_(position), end_(end) {}

  bool isAtEnd() const { return position_ == end_; }
  const uint8_t *position() const { return position_; }
  size_t count() const { return static_cast<size_t>(end_ - position_); }
  std::string rest() const { return std::string(position_, end_); }

  bool readVarint(uint64_t *value) {
    *value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (position_ == end_) return false;
      const uint8_t byte = *position_++;
      *value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool readLengthDelimited(Reader *payload) {
    uint64_t length = 0;
    if (!readVarint(&length) || length > count()) return false;
    *payload = Reader(position_, position_ + length);
    position_ += length;
    return true;
  }

  bool copy(size_t length, std::string *out) {
    if (length > count()) return false;
    out->append(position_, position_ + length);
    position_ += length;
    return true;
  }

 private:
  const uint8_t *position_;
  const uint8_t *end_;
};

}  // namespace protobuf_oracle
