# shellcheck shell=bash
# The programs that the benchmark compares with, from Debian's packages.  Sourced.
#
# Unpacked beside the build, not installed: a database that nobody asked for should not start with this machine.

peer_packages=(victoria-metrics influxdb)

# fetch_peers FOLDER: each package's files below FOLDER/root, its version in FOLDER/NAME.version.
fetch_peers() {
  local folder=$1 name
  mkdir -p "$folder/root"
  for name in "${peer_packages[@]}"; do
    [[ -s $folder/$name.version ]] || fetch_peer "$folder" "$name" || echo "bench: no $name here; going on without it" >&2
  done
}

fetch_peer() {  # FOLDER PACKAGE
  local folder=$1 name=$2 files
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  rm -f "$folder/$name"_*.deb
  # Without a network apt would try for minutes.
  (cd "$folder" && timeout 120 apt-get -q -o Acquire::Retries=1 download "$name" >"$name.log" 2>&1) || return 1
  files=("$folder/$name"_*.deb)
  dpkg-deb -x "${files[0]}" "$folder/root" && dpkg-deb -f "${files[0]}" Version >"$folder/$name.version"
  rm -f "${files[@]}"
}
