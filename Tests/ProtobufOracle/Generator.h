#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "Random.h"
#include "Wire.h"

namespace protobuf_oracle {

// Makes encodings of messages field by field, so that it can write what no encoder would: fields
// out of order and repeated, wide varints, entries without a key, unknown fields of any wire type.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  // An encoding of `message`; nearly all are well formed.
  std::string message(const google::protobuf::Descriptor *message, int level = 0);

 private:
  using Field = const google::protobuf::FieldDescriptor *;

  void field(Field field, int level, std::string *out);
  void mapEntries(Field field, int level, std::string *out);
  std::string mapEntry(int level);
  void int32s(Field field, std::string *out);
  void misfit(uint32_t number, int level, std::string *out);
  void unknown(const google::protobuf::Descriptor *message, int level, std::string *out);
  void value(WireType type, uint32_t number, int level, std::string *out);
  void deepGroups(int level, std::string *out);
  void varint(uint64_t value, std::string *out);
  uint64_t number();
  std::string text();
  std::string blob();

  Random random_;
  // How many more bytes to aim for; nested messages stay empty once it is spent.
  int budget_ = 400;
};

}  // namespace protobuf_oracle
