// Keeps a number of unary calls under way for some seconds and tells how many there were.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Call {
  grpc::ClientContext context;
  grpc::ByteBuffer reply;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  Clock::time_point start;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: load HOST:PORT METHOD FILE CALLS_AT_ONCE SECONDS\n");
    return 2;
  }
  std::ifstream file(argv[3], std::ios::binary);
  std::string payload((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::string method = argv[2];
  const int calls_at_once = std::atoi(argv[4]);
  const double seconds = std::atof(argv[5]);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  auto channel =
      grpc::CreateCustomChannel(argv[1], grpc::InsecureChannelCredentials(), arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) {
    std::fprintf(stderr, "no connection to %s\n", argv[1]);
    return 1;
  }
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::Slice slice(payload);
  grpc::ByteBuffer request(&slice, 1);
  std::vector<double> latencies;
  latencies.reserve(1 << 20);
  auto start_call = [&] {
    auto* call = new Call;
    call->start = Clock::now();
    call->reader = stub.PrepareUnaryCall(&call->context, method, request, &queue);
    call->reader->StartCall();
    call->reader->Finish(&call->reply, &call->status, call);
  };
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  for (int i = 0; i < calls_at_once; ++i) start_call();
  int under_way = calls_at_once;
  void* tag = nullptr;
  bool ok = false;
  while (under_way > 0 && queue.Next(&tag, &ok)) {
    std::unique_ptr<Call> call(static_cast<Call*>(tag));
    if (!ok || !call->status.ok()) {
      std::fprintf(stderr, "call failed: %s\n", call->status.error_message().c_str());
      return 1;
    }
    const auto now = Clock::now();
    latencies.push_back(std::chrono::duration<double, std::micro>(now - call->start).count());
    if (now < end) {
      start_call();
    } else {
      --under_way;
    }
  }
  const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  std::sort(latencies.begin(), latencies.end());
  auto at = [&](double part) { return latencies[static_cast<size_t>(part * (latencies.size() - 1))]; };
  std::printf(
      "{\"calls\": %zu, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f}\n", latencies.size(),
      elapsed, at(0.5), at(0.99));
  return 0;
}
