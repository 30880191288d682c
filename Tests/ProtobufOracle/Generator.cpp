#include "Generator.h"

#include <algorithm>

namespace protobuf_oracle {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

constexpr uint64_t edgeNumbers[] = {
    0,          1,          2,           9,           127,         128,
    16383,      16384,      0x7fffffff,  0x80000000,  0xffffffff,  0x100000000,
    ~0ull,      ~0ull << 31, 1ull << 63, ~0ull >> 1,  1ull << 35,  (1ull << 35) - 1,
};

// Both forms of é are here, which Swift's strings hold equal and protobuf does not; so are texts
// around the 15 bytes that Swift stores without an allocation.
const char *const texts[] = {
    "a",
    "ab",
    "b",
    "abc",
    "RANGE",
    "seven..",
    "eight...",
    "nine.....",
    "fifteen bytes..",
    "sixteen bytes...",
    "a text that is longer than the sixteen bytes of a small string",
    "\xc3\xa9",
    "e\xcc\x81",
    "\xef\xbf\xbd",
    "\xf4\x8f\xbf\xbf",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
    "seven bytes and \xc3\xa9",
    "\xef\xbb\xbf (byte order mark)",
    "\r\n\t\"\\\x7f",
};

// None of these is UTF-8: cut short, overlong, a surrogate, beyond U+10FFFF, a stray byte.
const char *const badTexts[] = {
    "\xe2\x82", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xf4\x90\x80\x80", "\xff",
    "\x80",     "ok \xc3",  "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "text of 8 bytes \xc3(",
};

constexpr uint32_t edgeFieldNumbers[] = {
    1, 2, 15, 16, 17, 100, 2047, 2048, 19000, 262143, 262144, 33554432, 536870911,
};

constexpr WireType valueTypes[] = {
    WireType::varint,     WireType::fixed64, WireType::lengthDelimited,
    WireType::startGroup, WireType::fixed32,
};

constexpr int nestingLimit = 100;

}  // namespace

std::string Generator::message(const Descriptor *message, int level) {
  std::string out;
  std::vector<const FieldDescriptor *> fields;
  for (int i = 0; i < message->field_count(); ++i) fields.push_back(message->field(i));
  std::sort(fields.begin(), fields.end(),
            [](auto *left, auto *right) { return left->number() < right->number(); });
  const size_t style = random_.below(8);
  if (fields.empty() || style == 0) {
    unknown(message, level, &out);
  } else if (style == 1) {
    for (auto *each : fields) field(each, level, &out);
  } else if (style <= 5) {
    const size_t share = 1 + random_.below(4);
    for (auto *each : fields) {
      if (random_.oneIn(share)) field(each, level, &out);
    }
  } else {
    const size_t count = 1 + random_.below(6);
    for (size_t i = 0; i < count; ++i) field(fields[random_.below(fields.size())], level, &out);
  }
  if (random_.oneIn(6)) unknown(message, level, &out);
  if (random_.oneIn(60)) deepGroups(level, &out);
  budget_ -= static_cast<int>(std::min<size_t>(out.size(), 1000)) / (level + 1);
  return out;
}

void Generator::field(Field field, int level, std::string *out) {
  const auto number = static_cast<uint32_t>(field->number());
  if (random_.oneIn(40)) return misfit(number, level, out);
  if (field->is_map()) return mapEntries(field, level, out);
  if (field->is_packable()) return int32s(field, out);
  const size_t repeats = field->is_repeated() ? random_.below(4) : random_.oneIn(12) ? 2 : 1;
  for (size_t i = 0; i < repeats; ++i) {
    switch (field->type()) {
      case FieldDescriptor::TYPE_MESSAGE:
        appendField(out, number,
                    budget_ > 0 ? message(field->message_type(), level + 1) : std::string());
        break;
      case FieldDescriptor::TYPE_STRING: appendField(out, number, text()); break;
      case FieldDescriptor::TYPE_BYTES: appendField(out, number, blob()); break;
      default:
        appendTag(out, number, WireType::varint);
        varint(this->number(), out);
    }
  }
}

void Generator::mapEntries(Field field, int level, std::string *out) {
  const auto number = static_cast<uint32_t>(field->number());
  const size_t count = random_.below(6);
  for (size_t i = 0; i < count; ++i) {
    appendField(out, number, mapEntry(level));
    // Entries in several runs are another case to a decoder than entries in one.
    if (random_.oneIn(8)) unknown(field->containing_type(), level, out);
  }
}

std::string Generator::mapEntry(int level) {
  std::string entry;
  if (random_.oneIn(8)) {
    const size_t count = random_.below(4);
    for (size_t i = 0; i < count; ++i) {
      appendField(&entry, 1 + static_cast<uint32_t>(random_.below(2)), text());
    }
  } else {
    if (!random_.oneIn(12)) appendField(&entry, 1, text());
    if (!random_.oneIn(12)) appendField(&entry, 2, text());
  }
  if (random_.oneIn(16)) {
    std::string extra;
    value(random_.pick(valueTypes), 1 + static_cast<uint32_t>(random_.below(4)), level + 1,
          &extra);
    entry = random_.oneIn(2) ? extra + entry : entry + extra;
  }
  return entry;
}

void Generator::int32s(Field field, std::string *out) {
  const auto number = static_cast<uint32_t>(field->number());
  const size_t runs = field->is_repeated() ? random_.below(4) : 1;
  for (size_t i = 0; i < runs; ++i) {
    const size_t count = random_.below(5);
    std::string packed;
    for (size_t j = 0; j < count; ++j) varint(this->number(), &packed);
    if (random_.oneIn(2)) {
      appendField(out, number, packed);
    } else {
      appendTag(out, number, WireType::varint);
      varint(this->number(), out);
    }
  }
}

// A declared number with a wire type of its own choice; where that differs from the declared one,
// the field is unknown, and otherwise its value is likely not of the declared type.
void Generator::misfit(uint32_t number, int level, std::string *out) {
  value(random_.pick(valueTypes), number, level, out);
}

void Generator::unknown(const Descriptor *message, int level, std::string *out) {
  const size_t count = 1 + random_.below(3);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t number = random_.oneIn(3) ? 1 + static_cast<uint32_t>(random_.below(40))
                                             : random_.pick(edgeFieldNumbers);
    if (message->FindFieldByNumber(static_cast<int>(number)) != nullptr) continue;
    value(random_.pick(valueTypes), number, level, out);
  }
}

void Generator::value(WireType type, uint32_t number, int level, std::string *out) {
  appendTag(out, number, type);
  switch (type) {
    case WireType::varint: return varint(this->number(), out);
    case WireType::fixed64: out->append("\x00\xff\x80\x7f\x08\x0a\x01\x02", 8); return;
    case WireType::fixed32: out->append("\x0a\x00\x80\xff", 4); return;
    case WireType::lengthDelimited: {
      const std::string payload = blob();
      appendVarint(out, payload.size());
      *out += payload;
      return;
    }
    default: {
      const size_t count = level > nestingLimit ? 0 : random_.below(3);
      for (size_t i = 0; i < count; ++i) {
        value(random_.pick(valueTypes), 1 + static_cast<uint32_t>(random_.below(20)), level + 1,
              out);
      }
      appendTag(out, number, WireType::endGroup);
    }
  }
}

// Nests unknown groups up to the limit, give or take a few.
void Generator::deepGroups(int level, std::string *out) {
  const uint32_t number = 100 + static_cast<uint32_t>(random_.below(2)) * 2000;
  const int depth = nestingLimit - level - 2 + static_cast<int>(random_.below(5));
  for (int i = 0; i < depth; ++i) appendTag(out, number, WireType::startGroup);
  for (int i = 0; i < depth; ++i) appendTag(out, number, WireType::endGroup);
}

void Generator::varint(uint64_t value, std::string *out) {
  appendVarint(out, value);
  if (!random_.oneIn(20)) return;
  // The same value in up to ten bytes; of the tenth only the lowest bit counts.
  std::string wide;
  const size_t width = 2 + random_.below(9);
  uint64_t rest = value;
  for (size_t i = 0; i < width; ++i, rest >>= 7) wide.push_back(static_cast<char>(rest | 0x80));
  if (rest != 0) return;
  wide.back() = static_cast<char>(wide.back() & 0x7f);
  if (width == 10 && random_.oneIn(2)) wide.back() = static_cast<char>(wide.back() | 0x7e);
  std::string plain;
  appendVarint(&plain, value);
  out->replace(out->size() - plain.size(), plain.size(), wide);
}

uint64_t Generator::number() {
  switch (random_.below(3)) {
    case 0: return random_.below(10);
    case 1: return random_.pick(edgeNumbers);
    default: return random_.next() >> random_.below(64);
  }
}

std::string Generator::text() {
  if (random_.oneIn(150)) return random_.pick(badTexts);
  switch (random_.below(12)) {
    case 0: return std::string();
    case 1: return std::string("nul\0nul", 7);
    case 2: return std::string(120 + random_.below(16), 'x');
    case 3: return random_.pick(texts) + std::string(random_.pick(texts));
    default: return random_.pick(texts);
  }
}

std::string Generator::blob() {
  if (random_.oneIn(3)) return text();
  std::string bytes;
  const size_t count = random_.below(12);
  for (size_t i = 0; i < count; ++i) bytes.push_back(static_cast<char>(random_.next()));
  return bytes;
}

}  // namespace protobuf_oracle
