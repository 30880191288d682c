#!/bin/sh
# Builds and runs everything, and writes the results into README.md.
set -eu
cd "$(dirname "$0")/.."
packages="libgrpc++-dev protobuf-compiler-grpc"
# shellcheck disable=SC2086
dpkg -s $packages >/dev/null 2>&1 || {
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $packages
}
Scripts/build.sh
results=.build/results.md
{
  echo "Measured on $(date -u +%Y-%m-%d): $(sed -n 's/^model name.*: //p' /proc/cpuinfo | sort -u)," \
    "$(nproc) processors; libgrpc $(pkg-config --modversion grpc++)."
  echo
  Scripts/measure.py "$@"
} >"$results"
cat "$results"
# The lines between the two marks of README.md give way to the new results.
sed -e '/results begin/,/results end/{' -e '/results end/!{' -e '/results begin/!d' -e '}' -e '}' \
  -e "/results begin/r $results" README.md >.build/README.md
cp .build/README.md README.md
