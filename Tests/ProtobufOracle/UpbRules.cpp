#include "UpbRules.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "Wire.h"

namespace protobuf_oracle {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownFieldSet;

namespace {

// upb's order of map keys; see difference 3.
struct UpbOrder {
  bool operator()(const std::string &left, const std::string &right) const {
    const int order =
        std::memcmp(left.data(), right.data(), std::min(left.size(), right.size()));
    return order != 0 ? order < 0 : left.size() > right.size();
  }
};

std::string text(const Message &entry, int number) {
  return entry.GetReflection()->GetString(entry, entry.GetDescriptor()->FindFieldByNumber(number));
}

std::string encodedIncomplete(const Message &entry) {
  std::string bytes;
  for (int number : {1, 2}) {
    const std::string value = text(entry, number);
    if (!value.empty()) appendField(&bytes, number, value);
  }
  std::string unknown;
  entry.GetReflection()->GetUnknownFields(entry).SerializeToString(&unknown);
  return bytes + unknown;
}

// Sorts the entries, drops those that a later one replaces, and returns the encodings of those that
// hold more than key and value, which are taken out.
std::vector<std::string> arrangeMap(Message *message, const FieldDescriptor *field) {
  const Reflection *reflection = message->GetReflection();
  std::map<std::string, std::unique_ptr<Message>, UpbOrder> complete;
  std::vector<std::string> incomplete;
  std::vector<std::unique_ptr<Message>> all(reflection->FieldSize(*message, field));
  for (size_t i = all.size(); i > 0; --i) all[i - 1].reset(reflection->ReleaseLast(message, field));
  for (auto &entry : all) {
    if (entry->GetReflection()->GetUnknownFields(*entry).empty()) {
      complete[text(*entry, 1)] = std::move(entry);
    } else {
      incomplete.push_back(encodedIncomplete(*entry));
    }
  }
  for (auto &[key, entry] : complete) {
    reflection->AddAllocatedMessage(message, field, entry.release());
  }
  return incomplete;
}

}  // namespace

void applyUpbRules(Message *message) {
  const Reflection *reflection = message->GetReflection();
  const Descriptor *descriptor = message->GetDescriptor();
  UnknownFieldSet unknown;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor *field = descriptor->field(i);
    if (field->is_map()) {
      if (reflection->FieldSize(*message, field) == 0) continue;
      for (const std::string &entry : arrangeMap(message, field)) {
        unknown.AddLengthDelimited(field->number(), entry);
      }
    } else if (field->message_type() == nullptr) {
      continue;
    } else if (field->is_repeated()) {
      for (int j = 0; j < reflection->FieldSize(*message, field); ++j) {
        applyUpbRules(reflection->MutableRepeatedMessage(message, field, j));
      }
    } else if (reflection->HasField(*message, field)) {
      applyUpbRules(reflection->MutableMessage(message, field));
    }
  }
  if (!unknown.empty()) {
    UnknownFieldSet *all = reflection->MutableUnknownFields(message);
    unknown.MergeFrom(*all);
    all->Swap(&unknown);
  }
}

namespace {

// A field of the message as its tag says, or null if unknown, also by its wire type.
const FieldDescriptor *knownField(const Descriptor *message, uint64_t tag) {
  if (message == nullptr) return nullptr;
  const FieldDescriptor *field = message->FindFieldByNumber(static_cast<int>(tag >> 3));
  if (field == nullptr) return nullptr;
  const auto type = static_cast<WireType>(tag & 7);
  const bool packed = field->is_packable() && type == WireType::lengthDelimited;
  return type == wireType(field) || packed ? field : nullptr;
}

// Walks an encoding once, for both questions that are asked about it.
class Walker {
 public:
  bool hasOversizedTag = false;

  bool normalize(const Descriptor *message, Reader bytes, std::string *out, int level = 0) {
    // C++ has refused anything deeper; the stack must not depend on that.
    if (level > 128) return false;
    std::string entries;
    std::string unknown;
    while (!bytes.isAtEnd()) {
      const uint8_t *start = bytes.position();
      uint64_t tag = 0;
      if (!readTag(&bytes, &tag)) return false;
      const FieldDescriptor *field = knownField(message, tag);
      std::string nested;
      if (field == nullptr) {
        if (!appendUnknown(tag, &bytes, &unknown, level)) return false;
        continue;
      }
      const uint8_t *value = bytes.position();
      Reader payload(nullptr, nullptr);
      if (wireType(field) == WireType::varint && (tag & 7) == 0) {
        uint64_t ignored = 0;
        if (!bytes.readVarint(&ignored)) return false;
      } else if (!bytes.readLengthDelimited(&payload)) {
        return false;
      }
      bool isRewritten = false;
      if (field->message_type() != nullptr) {
        const std::string original = payload.rest();
        if (!normalize(field->message_type(), payload, &nested, level + 1)) return false;
        isRewritten = nested != original;
        if (field->is_map() && !isComplete(payload)) {
          appendField(&entries, field->number(), nested);
          continue;
        }
      }
      // A known field behind unknown ones stays there, so that the misplacement shows.
      *out += entries + unknown;
      entries.clear();
      unknown.clear();
      out->append(start, value);
      if (isRewritten) {
        appendVarint(out, nested.size());
        *out += nested;
      } else {
        out->append(value, bytes.position());
      }
    }
    *out += entries + unknown;
    return true;
  }

 private:
  bool readTag(Reader *bytes, uint64_t *tag) {
    if (!bytes->readVarint(tag)) return false;
    if (*tag > UINT32_MAX) {
      hasOversizedTag = true;
      *tag &= UINT32_MAX;
    }
    return *tag >> 3 != 0;
  }

  bool isComplete(Reader entry) {
    while (!entry.isAtEnd()) {
      uint64_t tag = 0;
      Reader value(nullptr, nullptr);
      if (!readTag(&entry, &tag) || (tag != 10 && tag != 18)) return false;
      if (!entry.readLengthDelimited(&value)) return false;
    }
    return true;
  }

  // Writes the field whose tag was just read in the fewest bytes.
  bool appendUnknown(uint64_t tag, Reader *bytes, std::string *out, int level) {
    if (level > 128) return false;
    appendVarint(out, tag);
    switch (static_cast<WireType>(tag & 7)) {
      case WireType::varint: {
        uint64_t value = 0;
        if (!bytes->readVarint(&value)) return false;
        appendVarint(out, value);
        return true;
      }
      case WireType::fixed64: return bytes->copy(8, out);
      case WireType::fixed32: return bytes->copy(4, out);
      case WireType::lengthDelimited: {
        Reader value(nullptr, nullptr);
        if (!bytes->readLengthDelimited(&value)) return false;
        appendVarint(out, value.count());
        *out += value.rest();
        return true;
      }
      case WireType::startGroup:
        while (true) {
          uint64_t inner = 0;
          if (!readTag(bytes, &inner)) return false;
          if (inner == tag + 1) {
            appendVarint(out, inner);
            return true;
          }
          if (!appendUnknown(inner, bytes, out, level + 1)) return false;
        }
      default: return false;
    }
  }
};

Reader reader(const std::string &bytes) {
  const auto *start = reinterpret_cast<const uint8_t *>(bytes.data());
  return Reader(start, start + bytes.size());
}

}  // namespace

bool hasOversizedTag(const Descriptor *message, const std::string &bytes) {
  Walker walker;
  std::string ignored;
  walker.normalize(message, reader(bytes), &ignored);
  return walker.hasOversizedTag;
}

bool normalized(const Descriptor *message, const std::string &bytes, std::string *result) {
  result->clear();
  Walker walker;
  return walker.normalize(message, reader(bytes), result) && !walker.hasOversizedTag;
}

}  // namespace protobuf_oracle
