#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <memory>
#include <string>
#include <vector>

namespace protobuf_oracle {

// The messages of .proto files that protoc compiled to a descriptor set.
class Contract {
 public:
  explicit Contract(const std::string &descriptor_set);

  // Why the set could not be used; empty if it could.
  const std::string &error() const { return error_; }

  // The messages of all files but protobuf's own, and those of the latter that these files use;
  // map entries are not among them.
  const std::vector<const google::protobuf::Descriptor *> &messages() const { return messages_; }

  // A message with no field set.
  std::unique_ptr<google::protobuf::Message> make(size_t message);

 private:
  void add(const google::protobuf::Descriptor *message);

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  std::vector<const google::protobuf::Descriptor *> messages_;
  std::string error_;
};

}  // namespace protobuf_oracle
