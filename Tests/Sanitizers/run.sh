#!/bin/sh
# Runs tests under a sanitizer, in a scratch path of its own: run.sh address|thread [filter].
# libgrpc and the other system libraries are not instrumented; what that makes the sanitizers say
# wrongly, and nothing else, is in the suppressions beside this script.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
swift=${SWIFT:-swift}
targets='CoreGRPC|JobService|JobStoreSQLite|ObjectStorageDisk|JobCloning|ProtobufWire|JobMessages'
filter=${2:-"^($targets|MessageJSON|JobClient)Tests\\."}
case $1 in
address)
  scratch=.build/asan
  export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=0"
  export LSAN_OPTIONS="suppressions=$here/leaks.txt:print_suppressions=0"
  ;;
thread)
  scratch=.build/tsan
  export TSAN_OPTIONS="suppressions=$here/threads.txt:print_suppressions=0:halt_on_error=0"
  ;;
*)
  echo "run.sh address|thread [filter]" >&2
  exit 2
  ;;
esac
"$swift" build --build-tests --sanitize "$1" --scratch-path "$scratch"
"$here/../run-tests.sh" "$swift" test --skip-build --sanitize "$1" --scratch-path "$scratch" \
  --filter "$filter"
