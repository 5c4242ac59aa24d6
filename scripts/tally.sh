# SPDX-License-Identifier: Apache-2.0
# Sourced: runs test commands, keeps what they print, and adds up what passed and failed.
passed=0
failed=0
failures=()

# A suite that hangs must not hold everything else. One that reached this limit is run once more: a browser that died is
# not the program's fault; twice is a failure.
TALLY_TIMEOUT=${TALLY_TIMEOUT:-900}

run_limited() {
  local status=0
  timeout -k 10 "$TALLY_TIMEOUT" "$@" || status=$?
  if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    echo "    it hung for ${TALLY_TIMEOUT} s; once more"
    timeout -k 10 "$TALLY_TIMEOUT" "$@"
    return
  fi
  return "$status"
}

# tally NAME KIND COMMAND...   KIND: doctest, node, vitest, unittest, lines ("N passed, N failed") or status (1 test)
tally() {
  local name=$1 kind=$2; shift 2
  local out status=0 p=0 f=0
  out=$(mktemp)
  echo "--- $name"
  run_limited "$@" >"$out" 2>&1 || status=$?
  case $kind in
    doctest) p=$(sed -nE 's/.*test cases: *[0-9]+ *\| *([0-9]+) passed.*/\1/p' "$out" | tail -1)
             f=$(sed -nE 's/.*test cases:.*\| *([0-9]+) failed.*/\1/p' "$out" | tail -1) ;;
    node) p=$(sed -nE 's/^(# |ℹ )pass ([0-9]+)$/\2/p' "$out" | tail -1); f=$(sed -nE 's/^(# |ℹ )fail ([0-9]+)$/\2/p' "$out" | tail -1) ;;
    vitest) p=$(sed -E 's/\x1b\[[0-9;]*m//g' "$out" | sed -nE 's/^ *Tests .* ?([0-9]+) passed.*/\1/p' | awk '{s+=$1} END {print s+0}')
            p=$(sed -E 's/\x1b\[[0-9;]*m//g' "$out" | grep -E '^ *Tests ' | grep -oE '[0-9]+ passed' | awk '{s+=$1} END {print s+0}')
            f=$(sed -E 's/\x1b\[[0-9;]*m//g' "$out" | grep -E '^ *Tests ' | grep -oE '[0-9]+ failed' | awk '{s+=$1} END {print s+0}') ;;
    unittest) local ran bad
              ran=$(sed -nE 's/^Ran ([0-9]+) tests?.*/\1/p' "$out" | awk '{s+=$1} END {print s+0}')
              bad=$(grep -cE '^(FAIL|ERROR): ' "$out" || true)
              f=$bad; p=$((ran - bad)) ;;
    lines) p=$(sed -nE 's/.*\b([0-9]+) passed, ([0-9]+) failed.*/\1/p' "$out" | tail -1); f=$(sed -nE 's/.*\b([0-9]+) passed, ([0-9]+) failed.*/\2/p' "$out" | tail -1) ;;
    status) [ "$status" = 0 ] && p=1 ;;
  esac
  p=${p:-0}; f=${f:-0}
  # A command that failed without a failed test (a crash, no tests) counts as one.
  if [ "$status" != 0 ] && [ "$f" = 0 ]; then f=1; fi
  if [ "$status" = 0 ] && [ "$p" = 0 ]; then f=1; echo "    no test ran"; fi
  if [ "$f" != 0 ]; then cat "$out"; failures+=("$name"); else grep "ran against" "$out"; tail -n "${TALLY_LINES:-1}" "$out"; fi
  [ -z "${TALLY_KEEP:-}" ] || tail -n 5 "$out" >"$TALLY_KEEP"
  rm -f "$out"
  passed=$((passed + p)); failed=$((failed + f))
}

tally_end() {
  [ "${#failures[@]}" = 0 ] || echo "failed: ${failures[*]}"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
