#!/bin/sh
# Builds the benchmark, and the C++ messages before it.
set -eu
cd "$(dirname "$0")/.."
Scripts/generate-cpp.sh
swift build -c release --product codec-benchmark
swift build -c release --product AllocationCounter
