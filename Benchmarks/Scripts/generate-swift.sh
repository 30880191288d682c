#!/bin/sh
# Makes Sources/GeneratedMessages from Protos/, with the protoc-gen-swift of the resolved
# swift-protobuf. To be run when Protos/ changes; the result is committed.
set -eu
cd "$(dirname "$0")/.."
swift package resolve
swift build -c release --package-path .build/checkouts/swift-protobuf \
  --scratch-path .build/protoc-gen-swift --product protoc-gen-swift
protoc -I ../Protos --swift_out=Sources/GeneratedMessages \
  --swift_opt=Visibility=Public --swift_opt=FileNaming=DropPath \
  --plugin=protoc-gen-swift=.build/protoc-gen-swift/release/protoc-gen-swift \
  yandex/cloud/datasphere/v2/jobs/jobs.proto \
  yandex/cloud/datasphere/v2/jobs/project_job_service.proto \
  yandex/cloud/operation/operation.proto google/rpc/status.proto
