#!/bin/sh
# Runs the test command given and fails when a test failed, was skipped, or none ran.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ "$@" 2>&1; echo "exit code $?"; } | tee "$log"
tail -n 1 "$log" | grep -qx 'exit code 0' || exit 1
if grep -E "^.*: Test skipped|' skipped \(" "$log"; then
  echo 'A test was skipped; every test must run.' >&2
  exit 1
fi
grep -qE 'Executed [1-9][0-9]* tests?, with 0 failures' "$log" || {
  echo 'No test ran.' >&2
  exit 1
}
