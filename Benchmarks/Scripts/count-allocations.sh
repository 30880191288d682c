#!/bin/sh
# Prints the allocations per operation, a line `payload/operation/codec count` each.
set -eu
cd "$(dirname "$0")/.."
LD_PRELOAD=$PWD/.build/release/libAllocationCounter.so .build/release/codec-benchmark allocations "$@"
