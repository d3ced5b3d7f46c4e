# Configure and build one preset.  Sourced.

# A large translation unit here takes up to 1.5 GB; never start more of them than memory holds.
job_count() {
  local memory_kb limit by_memory cores
  memory_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  [[ $limit != max ]] && ((limit / 1024 < memory_kb)) && memory_kb=$((limit / 1024))
  by_memory=$((memory_kb / 1572864)) cores=$(nproc)
  ((by_memory < 1)) && by_memory=1
  echo $((by_memory < cores ? by_memory : cores))
}

presets() { sed -n 's/^ *"name": "\([a-z]*\)".*/\1/p' "$root/CMakePresets.json" | grep -vx base; }

configure() {  # PRESET
  local preset=$1 wanted options=() clang
  step "Configure ($preset)"
  wanted=$(cd "$root" && hash_of CMakePresets.json setup/build.sh)
  if [[ -f $root/build/$preset/build.ninja ]] && stamp_is "configure-$preset" "$wanted"; then
    step_done "unchanged"; return 0
  fi
  if [[ $preset == fuzz ]]; then
    clang=$(clang_version) || die "no clang here" "Install clang 16 or newer."
    options=("-DCMAKE_C_COMPILER=clang-$clang" "-DCMAKE_CXX_COMPILER=clang++-$clang")
  fi
  cd "$root"
  run "configure-$preset" "If a package is named above, ./dev setup installs it; ./dev clean removes a stale build." \
    cmake --preset "$preset" "${options[@]}"
  set_stamp "configure-$preset" "$wanted"
  step_done "done"
}

has_target() { ninja -C "$root/build/$1" -t query "$2" >/dev/null 2>&1; }

compile() {  # PRESET [TARGET…]
  local preset=$1; shift
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1  # what one checkout compiled, the next one need not
  step "Build ($preset)"
  run "build-$preset" "The first 'error:' above is the one to fix; the whole log has the rest." \
    cmake --build "$root/build/$preset" -j "$(job_count)" ${1:+--target "$@"}
  if grep -q 'ninja: no work to do' "$logs/build-$preset.log"; then step_done "up to date"; else step_done "done"; fi
}

# One builder at a time in this checkout: two ninjas in one folder would tread on each other.
take_turns() {
  mkdir -p "$root/build"
  exec 9>"$root/build/.dev.lock"
  flock -n 9 && return 0
  say "another ./dev is at work in this checkout; waiting for it"
  flock 9
}
let_others() { exec 9>&-; }
