#include "ProtobufOracle.h"

#include <google/protobuf/stubs/logging.h>

#include "Contract.h"
#include "Generator.h"
#include "Mutator.h"
#include "UpbRules.h"

using namespace protobuf_oracle;

struct oracle {
  explicit oracle(const std::string &descriptor_set) : contract(descriptor_set) {}

  Contract contract;
  // What the functions of the same name returned last.
  std::string decoded, normal, generated, mutation;
};

namespace {

std::string text(oracle_bytes bytes) {
  return bytes.count == 0 ? std::string()
                          : std::string(reinterpret_cast<const char *>(bytes.data), bytes.count);
}

oracle_bytes view(const std::string &bytes) {
  return {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()};
}

bool merge(const std::string &bytes, google::protobuf::Message *message) {
  return message->MergeFromString(bytes) && !hasOversizedTag(message->GetDescriptor(), bytes);
}

}  // namespace

oracle *oracle_open(oracle_bytes descriptor_set) {
  // Each refused string would be a line on standard error.
  google::protobuf::SetLogHandler(nullptr);
  return new oracle(text(descriptor_set));
}

void oracle_close(oracle *oracle) { delete oracle; }

const char *oracle_error(const oracle *oracle) {
  const std::string &error = oracle->contract.error();
  return error.empty() ? nullptr : error.c_str();
}

size_t oracle_message_count(const oracle *oracle) { return oracle->contract.messages().size(); }

const char *oracle_message_name(const oracle *oracle, size_t message) {
  return oracle->contract.messages().at(message)->full_name().c_str();
}

bool oracle_decode(oracle *oracle, size_t message, oracle_bytes first, oracle_bytes second,
                   oracle_bytes *encoding) {
  auto decoded = oracle->contract.make(message);
  if (!merge(text(first), decoded.get()) || !merge(text(second), decoded.get())) return false;
  applyUpbRules(decoded.get());
  // Not in protobuf's deterministic mode, which would sort the maps again, in its own order.
  decoded->SerializeToString(&oracle->decoded);
  *encoding = view(oracle->decoded);
  return true;
}

bool oracle_normalize(oracle *oracle, size_t message, oracle_bytes encoding,
                      oracle_bytes *result) {
  const auto *descriptor = oracle->contract.messages().at(message);
  if (!normalized(descriptor, text(encoding), &oracle->normal)) return false;
  *result = view(oracle->normal);
  return true;
}

oracle_bytes oracle_generate(oracle *oracle, size_t message, uint64_t seed) {
  oracle->generated = Generator(seed).message(oracle->contract.messages().at(message));
  return view(oracle->generated);
}

oracle_bytes oracle_mutate(oracle *oracle, size_t message, oracle_bytes encoding, uint64_t seed) {
  Random random(seed);
  const auto *descriptor = oracle->contract.messages().at(message);
  const std::string other = Generator(random.next()).message(descriptor);
  oracle->mutation = mutated(text(encoding), other, &random);
  return view(oracle->mutation);
}
