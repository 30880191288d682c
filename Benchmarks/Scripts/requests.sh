#!/bin/sh
# Measures the processor time of requests of the worst shapes at the request limit, on an optimised
# build, and fails when one takes more than 250 ms.
set -eu
cd "$(dirname "$0")/../.."
swift build -c release --product request-benchmark
.build/release/request-benchmark
