# ./dev test: pick suites, run ctest, say what happened case by case.  Sourced.

# What --suite NAME means to ctest.
suite_arguments() {
  case $1 in
    all) ;;
    fast) echo '-L ^fast$' ;;
    unit) echo '-L ^fast$ -E scenario|fault' ;;
    scenario) echo '-R scenario' ;;
    faults) echo '-R fault' ;;
    broker | browser | slow | data) echo "-L ^$1\$" ;;
    *) die "no suite '$1'" "Suites: unit scenario broker browser faults slow data all." ;;
  esac
}

# What ThreadSanitizer looks at: everything that has threads of its own.
thread_tests='^(base|core|connectors|files|mqtt|history|state|rewind|engine|api|app|fault)'

run_ctest() {  # PRESET CTEST-ARGUMENT…
  local preset=$1 results=$root/build/$1/test-results; shift
  rm -rf "$results"; mkdir -p "$results/cases"
  export GTEST_OUTPUT="xml:$results/cases/"
  local launcher=()
  # GCC 12's ThreadSanitizer and a kernel with much address randomisation do not get on.
  [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null && launcher=(setarch "$(uname -m)" -R)
  "${launcher[@]}" ctest --test-dir "$root/build/$preset" -j "$(job_count)" --output-on-failure \
    --no-tests=ignore --test-output-size-passed 65536 --test-output-size-failed 65536 --output-junit "$results/programs.xml" "$@"
}

# test_step PRESET CTEST-ARGUMENT…: one step; adds its figures to the totals.
passed=0 failed=0 skipped=0 excused=0
test_step() {
  local preset=$1; shift
  local results=$root/build/$preset/test-results p f s e
  step "Tests ($preset)"
  attempt "test-$preset" run_ctest "$preset" "$@"
  [[ -s $results/programs.xml ]] || { step_done "FAILED"; show_failure "test-$preset" "ctest itself did not run."; exit 1; }
  awk -v cases="$results/cases" -f "$root/setup/test_summary.awk" "$results/programs.xml" >"$results/summary.txt"
  read -r _ p f s e < <(grep '^total ' "$results/summary.txt")
  ((status == 0 || f > 0)) || f=1  # ctest itself was not content
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) excused=$((excused + e))
  step_done "$([[ $f == 0 ]] && echo ok || echo FAILED): $p passed, $f failed, $s skipped"
  grep -v '^total ' "$results/summary.txt" || true
  ((f == 0)) || show_failed_programs "test-$preset"
}

# The words of the programs that failed, as ctest shows them, at most 120 lines of them.
show_failed_programs() {
  printf -- '--- from build/logs/%s.log\n' "$1"
  awk '/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {show = /\*\*\*/} /tests passed,|% tests passed/ {exit} show' "$logs/$1.log" |
    tail -n 120
}

# The closing line, and the verdict.  GEMEL_NO_SKIP=1 (CI) refuses a run that left something out, but for what
# no Debian package brings.
conclude_tests() {
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0)) || exit 1
  if ((skipped > excused)) && [[ ${GEMEL_NO_SKIP:-} == 1 ]]; then
    die "GEMEL_NO_SKIP=1 and $((skipped - excused)) skipped: a test's peer or data is missing here." "The reasons are listed above."
  fi
  ((passed > 0)) || die "no test ran." "./dev help shows the suites."
}

# Builds only what the chosen tests need: a sanitized build of everything takes long.
test_targets() {  # PRESET CTEST-ARGUMENT…
  local preset=$1 name; shift
  ctest --test-dir "$root/build/$preset" -N "$@" | sed -n 's/^ *Test *#[0-9]*: *//p' | while read -r name; do
    has_target "$preset" "$name" && printf '%s\n' "$name"
  done
}
