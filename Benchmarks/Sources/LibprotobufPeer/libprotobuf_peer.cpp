#include "libprotobuf_peer.h"

#include <google/protobuf/arena.h>

#include <memory>
#include <string>
#include <vector>

#include "yandex/cloud/datasphere/v2/jobs/project_job_service.pb.h"

namespace jobs = yandex::cloud::datasphere::v2::jobs;

// Room for every message of the payloads: an arena that grows would measure malloc again.
static constexpr size_t kArenaBlockSize = 256 << 10;

struct libprotobuf_peer {
  const uint8_t *bytes;
  size_t byte_count;
  jobs::CloneProjectJobRequest request;
  jobs::JobParameters source;
  std::string overrides;
  std::vector<char> arena_block = std::vector<char>(kArenaBlockSize);

  google::protobuf::ArenaOptions arena_options() {
    google::protobuf::ArenaOptions options;
    options.initial_block = arena_block.data();
    options.initial_block_size = arena_block.size();
    return options;
  }
};

libprotobuf_peer *libprotobuf_peer_create(const uint8_t *request, size_t request_size,
                                          const uint8_t *source, size_t source_size) {
  auto peer = std::make_unique<libprotobuf_peer>();
  peer->bytes = request;
  peer->byte_count = request_size;
  jobs::CreateProjectJobRequest creation;
  if (!peer->request.ParseFromArray(request, request_size) ||
      !creation.ParseFromArray(source, source_size)) {
    return nullptr;
  }
  peer->source = creation.job_parameters();
  peer->overrides = peer->request.job_parameters_overrides().SerializeAsString();
  return peer.release();
}

void libprotobuf_peer_destroy(libprotobuf_peer *peer) { delete peer; }

size_t libprotobuf_peer_decode(const libprotobuf_peer *peer, size_t iterations) {
  size_t successes = 0;
  for (size_t i = 0; i < iterations; i++) {
    jobs::CloneProjectJobRequest message;
    successes += message.ParseFromArray(peer->bytes, peer->byte_count);
  }
  return successes;
}

size_t libprotobuf_peer_decode_arena(libprotobuf_peer *peer, size_t iterations) {
  size_t successes = 0;
  for (size_t i = 0; i < iterations; i++) {
    google::protobuf::Arena arena(peer->arena_options());
    auto *message =
        google::protobuf::Arena::CreateMessage<jobs::CloneProjectJobRequest>(&arena);
    successes += message->ParseFromArray(peer->bytes, peer->byte_count);
  }
  return successes;
}

size_t libprotobuf_peer_encode(const libprotobuf_peer *peer, uint8_t *buffer, size_t iterations) {
  size_t size = 0;
  for (size_t i = 0; i < iterations; i++) {
    size = peer->request.ByteSizeLong();
    peer->request.SerializeWithCachedSizesToArray(buffer);
  }
  return size;
}

size_t libprotobuf_peer_size(const libprotobuf_peer *peer, size_t iterations) {
  size_t sum = 0;
  for (size_t i = 0; i < iterations; i++) sum += peer->request.ByteSizeLong();
  return sum;
}

size_t libprotobuf_peer_merge(const libprotobuf_peer *peer, size_t iterations) {
  size_t successes = 0;
  for (size_t i = 0; i < iterations; i++) {
    jobs::JobParameters message(peer->source);
    successes += message.MergeFromString(peer->overrides);
  }
  return successes;
}

size_t libprotobuf_peer_merge_arena(libprotobuf_peer *peer, size_t iterations) {
  size_t successes = 0;
  for (size_t i = 0; i < iterations; i++) {
    google::protobuf::Arena arena(peer->arena_options());
    auto *message = google::protobuf::Arena::CreateMessage<jobs::JobParameters>(&arena);
    message->CopyFrom(peer->source);
    successes += message->MergeFromString(peer->overrides);
  }
  return successes;
}

int libprotobuf_peer_version(void) { return GOOGLE_PROTOBUF_VERSION; }
