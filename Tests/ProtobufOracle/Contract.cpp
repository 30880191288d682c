#include "Contract.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

namespace protobuf_oracle {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;

Contract::Contract(const std::string &descriptor_set) {
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromString(descriptor_set) || set.file_size() == 0) {
    error_ = "not a descriptor set, or an empty one";
    return;
  }
  // protoc writes a file behind those that it imports.
  for (const auto &proto : set.file()) {
    const FileDescriptor *file = pool_.BuildFile(proto);
    if (file == nullptr) {
      error_ = proto.name() + " does not fit the files before it";
      return;
    }
    if (file->package() == "google.protobuf") continue;
    for (int i = 0; i < file->message_type_count(); ++i) add(file->message_type(i));
    // A method may name a message that no field does.
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        add(file->service(i)->method(j)->input_type());
        add(file->service(i)->method(j)->output_type());
      }
    }
  }
}

void Contract::add(const Descriptor *message) {
  if (message->options().map_entry()) return;
  if (std::find(messages_.begin(), messages_.end(), message) != messages_.end()) return;
  messages_.push_back(message);
  for (int i = 0; i < message->nested_type_count(); ++i) add(message->nested_type(i));
  for (int i = 0; i < message->field_count(); ++i) {
    if (const Descriptor *type = message->field(i)->message_type()) add(type);
  }
}

std::unique_ptr<google::protobuf::Message> Contract::make(size_t message) {
  return std::unique_ptr<google::protobuf::Message>(
      factory_.GetPrototype(messages_.at(message))->New());
}

}  // namespace protobuf_oracle
