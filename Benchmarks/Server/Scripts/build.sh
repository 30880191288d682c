#!/bin/sh
# Builds the servers and the load generator; needs libgrpc++-dev and protobuf-compiler-grpc.
set -eu
cd "$(dirname "$0")/.."
out=.build/cpp
mkdir -p "$out"
protoc -I Cpp -I ../../Protos --cpp_out="$out" \
  bench.proto yandex/cloud/datasphere/v2/jobs/jobs.proto \
  yandex/cloud/datasphere/v2/jobs/project_job_service.proto \
  yandex/cloud/operation/operation.proto google/rpc/status.proto
protoc -I Cpp -I ../../Protos --grpc_out="$out" \
  --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" bench.proto
flags="-std=c++17 -O2 -DNDEBUG -w -I $out $(pkg-config --cflags grpc++ protobuf)"
# shellcheck disable=SC2086
g++ $flags -o "$out/cpp-server" Cpp/server.cc "$out"/bench.pb.cc "$out"/bench.grpc.pb.cc \
  "$out"/yandex/cloud/datasphere/v2/jobs/*.cc "$out"/yandex/cloud/operation/*.cc \
  "$out"/google/rpc/*.cc $(pkg-config --libs grpc++ protobuf)
# shellcheck disable=SC2086
g++ $flags -o "$out/load" Cpp/load.cc $(pkg-config --libs grpc++ protobuf)
swift build -c release --product CoreServer
swift build -c release --product NIOServer
