#!/bin/sh
# Runs tests under a sanitizer, in a scratch path of its own: run.sh address|thread [filter].
# libgrpc and the other system libraries are not instrumented; what that makes the sanitizers say
# wrongly, and nothing else, is in the suppressions beside this script.
#
# Not run: DurabilityTests kill servers and measure them, WireOracleTests are the oracle's C++ beside
# code that its own tests cover, datasphere-jobsTests start the built program.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
swift=${SWIFT:-swift}
targets='CoreGRPC|JobService|JobStoreSQLite|ObjectStorageDisk|JobCloning|ProtobufWire|JobMessages'
filter=${2:-"^($targets|MessageJSON|JobClient)Tests\\."}
preload=
case $1 in
address)
  scratch=.build/asan
  export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=1"
  export LSAN_OPTIONS="suppressions=$here/leaks.txt:print_suppressions=0"
  # c-ares, core's resolver, loses the name of each lookup: ten bytes for "localhost".
  export GRPC_DNS_RESOLVER=native
  ;;
thread)
  scratch=.build/tsan
  # The threads of gRPC core end with the process.
  export TSAN_OPTIONS="suppressions=$here/threads.txt:print_suppressions=0:report_thread_leaks=0"
  ;;
*)
  echo "run.sh address|thread [filter]" >&2
  exit 2
  ;;
esac
"$swift" build --build-tests --sanitize "$1" --scratch-path "$scratch"
if [ "$1" = thread ]; then
  preload=$PWD/$scratch/mutex.so
  clang -shared -fPIC -O1 -o "$preload" "$here/mutex.c"
fi
LD_PRELOAD=$preload "$here/../run-tests.sh" \
  "$swift" test --skip-build --sanitize "$1" --scratch-path "$scratch" --filter "$filter"
