#!/bin/sh
# Builds and runs everything, and writes the results into README.md.
set -eu
cd "$(dirname "$0")/.."
Scripts/build.sh
counts=.build/counts
mkdir -p "$counts"
Scripts/count-allocations.sh >"$counts/allocations"
if command -v valgrind >/dev/null; then
  Scripts/count-instructions.sh >"$counts/instructions"
else
  echo "valgrind is not installed: no instructions are counted" >&2
  : >"$counts/instructions"
fi
{
  echo "Measured on $(date -u +%Y-%m-%d): $(sed -n 's/^model name.*: //p' /proc/cpuinfo | sort -u)," \
    "$(nproc) processors, $(. /etc/os-release && echo "$PRETTY_NAME");" \
    "$(swift --version 2>/dev/null | sed -n 's/.*(\(swift-.*\)).*/\1/p');" \
    "libprotobuf $(protoc --version | sed 's/libprotoc //');" \
    "swift-protobuf $(sed -n '/"swift-protobuf"/,/"version"/s/.*"version" : "\(.*\)".*/\1/p' Package.resolved)."
  .build/release/codec-benchmark report \
    --allocations "$counts/allocations" --instructions "$counts/instructions"
} | tee "$counts/results.md"
# The lines between the two marks of README.md give way to the new results.
sed -e '/results begin/,/results end/{' -e '/results end/!{' -e '/results begin/!d' -e '}' -e '}' \
  -e "/results begin/r $counts/results.md" README.md >"$counts/README.md"
cp "$counts/README.md" README.md
