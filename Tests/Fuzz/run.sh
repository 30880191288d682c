#!/bin/sh
# Builds the fuzz targets and runs each for FUZZ_SECONDS (60 unless set), or only those named:
#   Tests/Fuzz/run.sh [wire] [json]
# What they learn stays in .build/fuzz/<target>-corpus, and the next run goes on from there. An input
# that fails is added to Tests/WireOracleTests/Regressions or Tests/JSONFuzzTests/Regressions.
set -eu
cd "$(dirname "$0")/../.."
tests=$PWD/Tests # The targets look for the repository from the paths of their own sources.
seconds=${FUZZ_SECONDS:-60}
build=${FUZZ_BUILD_DIRECTORY:-.build/fuzz}
swiftc=${SWIFTC:-swiftc}
clang=${CLANG:-$(dirname "$(command -v "$swiftc")")/clang++}
mkdir -p "$build"
# Leaks are not what is looked for, and the Swift runtime keeps what looks like some.
export ASAN_OPTIONS=detect_leaks=0

# Optimized, since executions count, but with assertions, and with every access checked.
options="-O -wmo -assert-config Debug -parse-as-library -sanitize=address,fuzzer -swift-version 6
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility -I $build -I Tests/ProtobufOracle/include"

# $1 is a module of Sources; those it imports must have been compiled before.
compile_module() {
  echo "fuzz: compiling $1"
  find "Sources/$1" -name '*.swift' -exec "$swiftc" $options -module-name "$1" -emit-module \
    -emit-module-path "$build/$1.swiftmodule" -c -o "$build/$1.o" {} +
}

# $1 is the fuzz target's module, which libFuzzer's main is linked into; the rest is its content.
link_target() {
  target=$1
  shift
  echo "fuzz: compiling and linking $target"
  "$swiftc" $options -use-ld=lld -module-name "$target" -o "$build/$target" "$@" -lstdc++ -lprotobuf
}

# $1 is the target's short name, $2 its binary.
fuzz() {
  corpus=$build/$1-corpus
  findings=$build/$1-findings
  rm -rf "$findings"
  mkdir -p "$corpus" "$findings"
  FUZZ_MAKE_CORPUS=$build/$1-seeds "$build/$2"
  echo "fuzz: running $2 for $seconds s"
  # An input that takes a second is a finding too, which libFuzzer keeps without failing.
  failed=0
  "$build/$2" -max_total_time="$seconds" -timeout=10 -report_slow_units=1 \
    -max_len=16384 -rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix="$findings/" \
    "$corpus" "$build/$1-seeds" || failed=1
  for finding in "$findings"/*; do
    [ -e "$finding" ] || continue # A run that was broken off leaves no input.
    report "$1" "$2" "$finding"
    failed=1
  done
  [ "$failed" = 0 ] || exit 1
}

# Turns an input that failed, or took too long, into a regression that the tests replay.
report() {
  case $1 in
    wire) regression=Tests/WireOracleTests/Regressions/$(basename "$3").txt ;;
    json) regression=Tests/JSONFuzzTests/Regressions/$(basename "$3").txt ;;
  esac
  FUZZ_DESCRIBE=1 "$build/$2" "$3" 2>/dev/null | sed -n 1p >"$regression"
  echo "fuzz: found $3" >&2
  echo "fuzz: kept as $regression; say in its first line, behind a #, what was wrong" >&2
}

targets=${*:-wire json}
compile_module ProtobufWire
compile_module JobMessages
for target in $targets; do
  case $target in
    wire)
      for source in Tests/ProtobufOracle/*.cpp; do
        "$clang" -O2 -g -fsanitize=address,fuzzer-no-link -I Tests/ProtobufOracle/include \
          -c -o "$build/$(basename "$source" .cpp).oracle.o" "$source"
      done
      link_target WireFuzz "$tests/Fuzz/WireFuzz.swift" "$tests/Fuzz/FuzzInput.swift" \
        "$tests/Fuzz/FuzzEnvironment.swift" "$tests"/WireOracleTests/Support/*.swift \
        "$build/ProtobufWire.o" "$build/JobMessages.o" "$build"/*.oracle.o
      fuzz wire WireFuzz
      ;;
    json)
      compile_module MessageJSON
      support=$tests/WireOracleTests/Support
      link_target JSONFuzz "$tests/Fuzz/JSONFuzz.swift" "$tests/Fuzz/FuzzEnvironment.swift" \
        "$tests/JSONFuzzTests/Support/JSONCase.swift" "$support/GoldenVector.swift" \
        "$support/Hexadecimal.swift" "$support/RepositoryFiles.swift" \
        "$build/ProtobufWire.o" "$build/JobMessages.o" "$build/MessageJSON.o"
      fuzz json JSONFuzz
      ;;
    *)
      echo "fuzz: no target $target" >&2
      exit 2
      ;;
  esac
done
