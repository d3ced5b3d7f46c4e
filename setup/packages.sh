# System packages: which, and how they are installed without a question.  Sourced.
#
# `a|b` takes the first that the distribution has; a trailing `?` marks one that we can do without.

build_packages=(
  build-essential cmake ninja-build pkg-config ccache mold git ca-certificates
  libssl-dev zlib1g-dev libboost-dev libmosquitto-dev mosquitto libyaml-cpp-dev libudunits2-dev
  libsimdjson-dev nlohmann-json3-dev libpq-dev libcli11-dev libspdlog-dev libfmt-dev libsodium-dev libxxhash-dev
  libeigen3-dev libxgboost-dev libnlopt-dev libzip-dev libpugixml-dev
  libgtest-dev libgmock-dev libbenchmark-dev librapidcheck-dev
)
test_packages=(openssl mosquitto-clients postgresql python3 python3-yaml python3-jsonschema)

has() { command -v "$1" >/dev/null 2>&1; }

# Node.js builds the page and fetches DuckDB.  Whatever is there already and new enough is used.
node_is_usable() {
  has node && has npm && (($(node -p 'process.versions.node.split(".")[0]') >= 18))
}
node_packages() { node_is_usable || printf '%s\n' nodejs npm; }

find_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return 0
  done
  return 1
}
browser_packages() { find_browser >/dev/null || printf '%s\n' 'chromium?' 'fonts-dejavu-core?'; }

# One version for the compiler, the formatter and the linter; the presets name 19.
clang_version() {
  local v
  for v in 19 20 21 18 17 16; do
    has "clang++-$v" && has "clang-format-$v" && has "clang-tidy-$v" && { echo "$v"; return 0; }
  done
  for v in 19 20 21 18 17 16; do
    is_available "clang-tidy-$v" && { echo "$v"; return 0; }
  done
  return 1
}
analysis_packages() { local v=$1; printf '%s\n' "clang-$v" "clang-format-$v" "clang-tidy-$v" "libclang-rt-$v-dev" "llvm-$v?"; }

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) == ?i* ]]; }
is_available() { [[ -n $(apt-cache --quiet=0 show --no-all-versions "$1" 2>/dev/null) ]]; }

# Prints those of its arguments of which no alternative is installed.
missing_packages() {
  local wish name names
  for wish in "$@"; do
    IFS='|' read -ra names <<<"${wish%\?}"
    for name in "${names[@]}"; do is_installed "$name" && continue 2; done
    printf '%s\n' "$wish"
  done
}

# Prints the packages that fulfil the wishes here; fails on one that this distribution lacks.
resolve_packages() {
  local wish name names
  for wish in "$@"; do
    IFS='|' read -ra names <<<"${wish%\?}"
    for name in "${names[@]}"; do is_available "$name" && { printf '%s\n' "$name"; continue 2; }; done
    [[ $wish == *\? ]] && { warn "this distribution has no package ${wish%\?}; going on without it"; continue; }
    warn "this distribution has no package ${wish//|/ or }"
    return 1
  done
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1 apt-get -q -y \
    -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o APT::Color=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

install_packages() {
  as_root dpkg --configure -a  # an interrupted run of somebody's may have left work behind
  # Without a network apt only warns here, and then tries each of a few hundred files for minutes.
  apt_get update | tee "$logs/apt-update.log"
  grep -qE '^(Get|Hit):' "$logs/apt-update.log" || { echo "apt-get update reached no archive"; return 1; }
  local names; names=$(resolve_packages "$@")
  # shellcheck disable=SC2086  # one word a package
  [[ -z $names ]] || apt_get install --no-install-recommends $names
}

# ensure_packages WISH…: one step; asks apt nothing when nothing is missing.
ensure_packages() {
  step "System packages"
  if ! has dpkg-query || ! has apt-get; then
    step_done "not a Debian family: taking yours"; return 0
  fi
  local missing; mapfile -t missing < <(missing_packages "$@")
  local given_up=$stamps/packages-unavailable  # a `?` that this distribution lacks is not asked for again
  if [[ -f $given_up && ${#missing[@]} -gt 0 ]]; then
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | grep -vxFf "$given_up")
  fi
  if ((${#missing[@]} == 0)); then step_done "all $# present"; return 0; fi
  if ((EUID != 0)) && ! sudo -n true 2>/dev/null; then
    step_done "FAILED: ${#missing[@]} missing"
    local plain=("${missing[@]%\?}")
    die "${#missing[@]} packages are missing and I am not root." \
      "Run: sudo apt-get update && sudo apt-get install --no-install-recommends ${plain[*]%%|*}"
  fi
  ((live)) || say "$(step_line "installing ${#missing[@]} (log: build/logs/packages.log)")"
  run packages "Look at the apt messages above; 'apt-get update' must work on this machine. Then run ./dev again." \
    install_packages "${missing[@]}"
  remember_unavailable "$given_up" "${missing[@]}"
  step_done "installed ${#missing[@]}"
}

remember_unavailable() {  # FILE WISH…
  local file=$1 wish; shift
  mkdir -p "$stamps"
  for wish in $(missing_packages "$@"); do
    [[ $wish == *\? ]] && printf '%s\n' "$wish" >>"$file"
  done
  return 0
}

check_tools() {
  node_is_usable && return 0
  die "Node.js 18 or newer with npm is needed to build the page; here is: $(node --version 2>/dev/null || echo none)." \
    "Install a newer nodejs and npm, then run ./dev again."
}
