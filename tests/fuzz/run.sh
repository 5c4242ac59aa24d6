#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Searches for inputs that break a parser. tests/fuzz/run.sh [--seconds N] [--target NAME] [--keep]
# N seconds a target, under libFuzzer with sanitizers where clang has it, else by seeded mutations. What is found worth
# keeping lies in build/fuzz/corpus; --keep merges it into tests/fuzz/corpus. An input that breaks lies in build/fuzz/broken.
set -uo pipefail
cd "$(dirname "$0")/../.."
seconds=60 only='' keep=''
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2; shift 2 ;;
    --target) only=$2; shift 2 ;;
    --keep) keep=1; shift ;;
    *) sed -n '3,5s/^# //p' "$0"; exit 2 ;;
  esac
done
if ! echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
  clang++-16 -x c++ -fsanitize=fuzzer,address -o /dev/null - 2>/dev/null; then
  echo "no libFuzzer (scripts/setup.sh installs it); seeded mutations instead"
  HANDRAIL_MUTATIONS=$((seconds * 3000)) exec build/dev/tests/test_fuzz
fi
cmake --preset fuzz >/dev/null && cmake --build --preset fuzz >build/fuzz/build.log 2>&1 || { tail -50 build/fuzz/build.log; exit 1; }
fuzz=build/fuzz/tests/fuzz
passed=0 failed=0
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=0
for target in $(HANDRAIL_FUZZ=? "$fuzz" 2>&1 | sed 's/.*one of: *//'); do
  [ -z "$only" ] || [ "$only" = "$target" ] || continue
  found="build/fuzz/corpus/$target"
  kept="tests/fuzz/corpus/$target"
  mkdir -p "$found" "$kept" build/fuzz/broken
  out="build/fuzz/$target.log"
  if HANDRAIL_FUZZ=$target HANDRAIL_SEEDS=$found "$fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1500 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/broken/$target-" "$found" "$kept" >"$out" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    grep -aE "ERROR|runtime error|check failed|SUMMARY|Test unit written" "$out" | head -20
  fi
  echo "$target: $(sed -nE 's/^stat::number_of_executed_units: *//p' "$out") executions"
  [ -z "$keep" ] || HANDRAIL_FUZZ=$target "$fuzz" -set_cover_merge=1 -max_len=512 "$kept" "$found" >/dev/null 2>&1
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
