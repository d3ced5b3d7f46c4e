# ./dev lint, ./dev format, ./dev fuzz.  Sourced.

cpp_files() { (cd "$root" && find src tests bench examples \( -name '*.cpp' -o -name '*.hpp' \) -type f 2>/dev/null | LC_ALL=C sort); }

# Files changed since the branch left main's published state, committed or not.
changed_cpp_files() {
  local base
  cd "$root"
  base=$(git merge-base HEAD '@{upstream}' 2>/dev/null || git rev-parse HEAD)
  { git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } |
    grep -E '^(src|tests|bench|examples)/.*\.(cpp|hpp)$' | LC_ALL=C sort -u || true
}

check_format() {
  cd "$root"
  local report=$root/build/logs/format-details.log
  cpp_files | xargs -r "clang-format-$clang" --dry-run -Werror 2>"$report" && return 0
  sed -n 's/^\([^: ]*\):[0-9]*:.*error:.*/\1/p' "$report" | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/\2: \1 places/'
  return 1
}
format_files() { cd "$root" && cpp_files | xargs -r "clang-format-$clang" -i; }

# Names of package registries and mirrors belong to a machine's configuration, not to this project.
check_no_registry_host() {
  cd "$root"
  local label='(registry|mirrors?|deb|archive|security|snapshot|ftp|pypi|files|static|index|repo1?|proxy)'
  local found
  found=$(git grep --no-index --exclude-standard -nIE "(https?://|\b)$label\.[a-z0-9-]+(\.[a-z0-9-]+)*\.(org|com|io|net|dev|cloud)\b" -- . ':!LICENSE' |
    grep -vE '\bexample\.(org|com|net)\b' || true)
  [[ -z $found ]] && return 0
  echo "$found"
  echo "a file names a package registry or mirror: leave that to the machine's own configuration"
  return 1
}

# What is committed is ours and small: an archive or a data set has slipped in by mistake.
check_sizes() {
  cd "$root"
  local large
  large=$(git ls-files -z | xargs -0 -r stat -c '%s %n' 2>/dev/null | awk '$1 > 1048576 {print $2 ": " int($1 / 1048576) " MiB"}')
  [[ -z $large ]] && return 0
  echo "$large"
  return 1
}

check_scripts() {
  has shellcheck || { echo "no shellcheck here: bash -n only"; bash -n "$root/dev" "$root"/setup/*.sh; return; }
  cd "$root" && shellcheck -x -s bash -e SC1091,SC2034,SC2154,SC2164 dev setup/*.sh .ci/run
}

check_tidy() {  # FILE…
  cd "$root"
  printf '%s\n' "$@" | { grep '\.cpp$' || true; } | sort -u | in_database |
    xargs -r -P "$(job_count)" -n 1 "clang-tidy-$clang" --quiet -p build/release --extra-arg=-Wno-unknown-warning-option
}
# Only what the release build compiles can be analysed.
in_database() {
  local file
  while read -r file; do
    if grep -qF "/$file\"" build/release/compile_commands.json; then printf '%s\n' "$file"; else echo "not in the build: $file" >&2; fi
  done
}

# ---- fuzzing
seconds_of() {  # 90, 90s, 10m, 1h
  local number=${1%[smh]}
  [[ $number =~ ^[0-9]+$ ]] || die "'$1' is no length of time" "Write 60s, 10m or 1h."
  case $1 in *m) echo $((number * 60)) ;; *h) echo $((number * 3600)) ;; *) echo "$number" ;; esac
}

# Every folder of tests/fuzz/corpus is a target's, and has its name.
fuzz_targets() { find "$root/tests/fuzz/corpus" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' 2>/dev/null | sort; }

fuzz_one() {  # TARGET SECONDS
  local program grown=$root/build/fuzz/corpus/$1 findings=$root/build/fuzz/findings
  program=$(find "$root/build/fuzz" -name "$1" -type f -perm -u+x | head -n 1)
  [[ -n $program ]] || { echo "no program $1 in build/fuzz"; return 1; }
  mkdir -p "$grown" "$findings"
  export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-$clang/bin/llvm-symbolizer
  "$program" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$findings/$1-" "$grown" "$root/tests/fuzz/corpus/$1"
}
