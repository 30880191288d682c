#!/bin/sh
# Makes the C++ messages of the benchmark from Protos/, with Debian's protoc.
set -eu
cd "$(dirname "$0")/.."
out=Sources/LibprotobufPeer/Generated
rm -rf "$out"
mkdir -p "$out"
protoc -I ../Protos --cpp_out="$out" \
  yandex/cloud/datasphere/v2/jobs/jobs.proto \
  yandex/cloud/datasphere/v2/jobs/project_job_service.proto \
  yandex/cloud/operation/operation.proto google/rpc/status.proto
