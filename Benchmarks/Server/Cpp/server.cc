// The peer in C++: the same gRPC core, one completion queue, one thread.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>

#include "bench.grpc.pb.h"

namespace jobs = yandex::cloud::datasphere::v2::jobs;
namespace operation = yandex::cloud::operation;

namespace {

using Service = bench::Bench::WithRawMethod_Echo<bench::Bench::WithAsyncMethod_Plan<bench::Bench::Service>>;

// A call, taken up again by its next event.
class Step {
 public:
  virtual ~Step() = default;
  virtual void Proceed(bool ok) = 0;
};

class EchoCall final : public Step {
 public:
  EchoCall(Service* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue), writer_(&context_) {
    service_->RequestEcho(&context_, &request_, &writer_, queue_, queue_, this);
  }

  void Proceed(bool ok) override {
    if (!ok || is_finished_) {
      delete this;
      return;
    }
    new EchoCall(service_, queue_);
    is_finished_ = true;
    writer_.Finish(request_, grpc::Status::OK, this);
  }

 private:
  Service* service_;
  grpc::ServerCompletionQueue* queue_;
  grpc::ServerContext context_;
  grpc::ByteBuffer request_;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer_;
  bool is_finished_ = false;
};

class PlanCall final : public Step {
 public:
  PlanCall(Service* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue), writer_(&context_) {
    service_->RequestPlan(&context_, &request_, &writer_, queue_, queue_, this);
  }

  void Proceed(bool ok) override {
    if (!ok || is_finished_) {
      delete this;
      return;
    }
    new PlanCall(service_, queue_);
    is_finished_ = true;
    Answer();
    writer_.Finish(reply_, grpc::Status::OK, this);
  }

 private:
  void Answer() {
    reply_.set_id("bt100000000000000000");
    reply_.set_description("Clone job " + request_.source_job_id());
    reply_.mutable_created_at()->set_seconds(1700000000);
    reply_.set_created_by("anonymous");
    reply_.mutable_modified_at()->set_seconds(1700000000);
    reply_.set_done(true);
    jobs::CloneProjectJobMetadata metadata;
    metadata.set_project_id("example");
    metadata.set_job_id("bt100000000000000001");
    reply_.mutable_metadata()->PackFrom(metadata);
    jobs::CloneProjectJobResponse response;
    response.set_job_id("bt100000000000000001");
    for (const auto& file : request_.job_parameters_overrides().input_files()) {
      auto* upload = response.add_upload_files();
      *upload->mutable_file() = file;
      upload->set_url("http://127.0.0.1:50052/v1/contents/" + file.sha256());
    }
    reply_.mutable_response()->PackFrom(response);
  }

  Service* service_;
  grpc::ServerCompletionQueue* queue_;
  grpc::ServerContext context_;
  jobs::CloneProjectJobRequest request_;
  operation::Operation reply_;
  grpc::ServerAsyncResponseWriter<operation::Operation> writer_;
  bool is_finished_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: cpp-server HOST:PORT\n");
    return 2;
  }
  Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  for (int i = 0; i < 64; ++i) {
    new EchoCall(&service, queue.get());
    new PlanCall(&service, queue.get());
  }
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<Step*>(tag)->Proceed(ok);
  return 0;
}
