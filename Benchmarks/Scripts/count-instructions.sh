#!/bin/sh
# Prints the instructions per operation, a line `payload/operation/codec count` each. The numbers
# are exact: they do not depend on what else the machine does.
set -eu
cd "$(dirname "$0")/.."
out=.build/instructions
rm -rf "$out"
mkdir -p "$out"
# valgrind 3.19 gives up on the debug information that swiftc writes.
strip --strip-debug -o "$out/codec-benchmark" .build/release/codec-benchmark
valgrind --tool=callgrind --callgrind-out-file="$out/out" "$out/codec-benchmark" instructions "$@" \
  2>"$out/log" || { cat "$out/log" >&2; exit 1; }
# As many iterations as Counting.instructionIterations says.
awk '/^desc: Trigger: Client Request: / { sub(/.*Request: /, ""); key = $0 }
     /^summary: / && key { print key, $2 / 200; key = "" }' $(ls -v "$out"/out.*)
