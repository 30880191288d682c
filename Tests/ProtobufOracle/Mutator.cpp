#include "Mutator.h"

#include <algorithm>

namespace protobuf_oracle {

namespace {

constexpr uint8_t edgeBytes[] = {0x00, 0x01, 0x02, 0x07, 0x0a, 0x0b, 0x0c, 0x12,
                                 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xf4, 0xfe, 0xff};

std::string piece(const std::string &bytes, Random *random) {
  const size_t start = random->below(bytes.size() + 1);
  return bytes.substr(start, random->below(bytes.size() - start + 1));
}

void mutateOnce(std::string *bytes, const std::string &other, Random *random) {
  if (bytes->empty()) {
    *bytes = other;
    return;
  }
  const size_t at = random->below(bytes->size());
  char &byte = (*bytes)[at];
  switch (random->below(9)) {
    case 0: byte = static_cast<char>(byte ^ 1 << random->below(8)); return;
    case 1: byte = static_cast<char>(random->pick(edgeBytes)); return;
    case 2: bytes->resize(at); return;
    case 3: bytes->erase(at, 1 + random->below(8)); return;
    case 4: bytes->insert(at, 1, static_cast<char>(random->pick(edgeBytes))); return;
    // As likely as not, the byte is a length or part of a tag.
    case 5: byte = static_cast<char>(byte + (random->oneIn(2) ? 1 : -1)); return;
    case 6:
      // One byte more for the same value, if this is where a varint ends.
      byte = static_cast<char>(byte | 0x80);
      bytes->insert(at + 1, 1, '\0');
      return;
    case 7: bytes->insert(at, piece(other, random)); return;
    default: *bytes = bytes->substr(0, at) + piece(other, random);
  }
}

}  // namespace

std::string mutated(std::string bytes, const std::string &other, Random *random) {
  const size_t count = 1 + random->below(3);
  for (size_t i = 0; i < count; ++i) mutateOnce(&bytes, other, random);
  return bytes;
}

}  // namespace protobuf_oracle
