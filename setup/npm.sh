# What comes through npm: the libraries of DuckDB and ONNX Runtime, the page's dependencies, and the page itself.  Sourced.
# npm's own configuration decides which registry; no package's install script runs for the libraries.

npm_remedy="Check that 'npm ping' works here (proxy, certificates: npm_config_* and ~/.npmrc), then run ./dev again."

# ---- DuckDB: a shared library that `gemel` opens at run time for Parquet and SQL, and its C header
duckdb_header=(duckdb@1.4.4 5bb967dcbcd517670ba5f169f238fb9d6787e53752c60ebe24386169d76941ed)
duckdb_library() {
  case $(uname -m) in
    x86_64) echo @duckdb/node-bindings-linux-x64@1.5.6-r.1 1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff ;;
    aarch64) echo @duckdb/node-bindings-linux-arm64@1.5.5-r.5 3b85f3ea438f7dc3691d7b5e6e4222ffe9127fd17885f96ca72e0c99925c348e ;;
  esac
}

# npm_file PACKAGE@VERSION SHA256 MEMBER FOLDER: one file of a published package, checked before it is unpacked.
npm_file() {
  local package=$1 sha256=$2 member=$3 folder=$4 archive
  archive=$(npm pack --silent --ignore-scripts "$package")
  echo "$package: checking $archive"
  echo "$sha256  $archive" | sha256sum --check --quiet ||
    { echo "$package is not what was pinned in setup/npm.sh; nothing of it was used"; return 1; }
  mkdir -p "$folder"
  tar -xzf "$archive" -O "package/$member" >"$folder/.incoming"
  mv "$folder/.incoming" "$folder/${member##*/}"
  rm "$archive"
}

# ---- ONNX Runtime: a shared library that `gemel` opens at run time to run networks
onnxruntime=(onnxruntime-node@1.20.1 0d8e3928e14fd4e2bdcf4feabbd5db689ba980ccabb9c806f43a303cdc13c5a5)
onnxruntime_member() {
  case $(uname -m) in
    x86_64) echo bin/napi-v3/linux/x64/libonnxruntime.so.1.20.1 ;;
    aarch64) echo bin/napi-v3/linux/arm64/libonnxruntime.so.1.20.1 ;;
  esac
}

fetch_onnxruntime() {
  local work=$root/build/deps/download member; member=$(onnxruntime_member)
  rm -rf "$work"; mkdir -p "$work"; cd "$work"
  echo "fetching ${onnxruntime[0]} (70 MB, for every system; one library of it is kept)"
  npm_file "${onnxruntime[@]}" "$member" "$work/kept"
  mkdir -p "$root/build/deps/lib"
  mv "$work/kept/${member##*/}" "$root/build/deps/lib/libonnxruntime.so"
  cd "$root"; rm -rf "$work"
}

ensure_onnxruntime() {
  step "ONNX Runtime library"
  local member wanted; member=$(onnxruntime_member)
  if [[ -z $member ]]; then step_done "none for $(uname -m): no networks here"; return 0; fi
  wanted="${onnxruntime[*]} $member"
  if stamp_is onnxruntime "$wanted" && [[ -s $root/build/deps/lib/libonnxruntime.so ]]; then
    step_done "present"; return 0
  fi
  run onnxruntime "$npm_remedy" fetch_onnxruntime
  set_stamp onnxruntime "$wanted"
  step_done "fetched, hash right"
}

fetch_duckdb() {
  local work=$root/build/deps/download library
  read -ra library <<<"$(duckdb_library)"
  rm -rf "$work"; mkdir -p "$work"; cd "$work"
  echo "fetching ${library[0]} (24 MB)"
  npm_file "${library[@]}" libduckdb.so "$root/build/deps/lib"
  echo "fetching ${duckdb_header[0]} (11 MB, for its header)"
  npm_file "${duckdb_header[@]}" src/duckdb/src/include/duckdb.h "$root/build/deps/include"
  rm -rf "$work"
}

ensure_duckdb() {
  step "DuckDB library"
  local library wanted; library=$(duckdb_library)
  if [[ -z $library ]]; then step_done "none for $(uname -m): no Parquet here"; return 0; fi
  wanted="$library ${duckdb_header[*]}"
  if stamp_is duckdb "$wanted" && [[ -s $root/build/deps/lib/libduckdb.so && -s $root/build/deps/include/duckdb.h ]]; then
    step_done "present"; return 0
  fi
  run duckdb "$npm_remedy" fetch_duckdb
  set_stamp duckdb "$wanted"
  step_done "fetched, hashes right"
}

# ---- npm dependencies of a folder, and the page
# ensure_node_modules FOLDER NAME: `npm ci` when the lock file or Node.js changed.
ensure_node_modules() {
  local folder=$1 name=$2 wanted
  step "npm: $name"
  if [[ ! -f $folder/package-lock.json ]]; then step_done "no ${folder#"$root"/} here: skipped"; return 0; fi
  wanted="$(hash_of "$folder/package-lock.json") $(node --version)"
  if [[ -d $folder/node_modules ]] && stamp_is "npm-$name" "$wanted"; then step_done "present"; return 0; fi
  run "npm-$name" "$npm_remedy" npm --prefix "$folder" ci --no-audit --no-fund --prefer-offline --loglevel=http
  set_stamp "npm-$name" "$wanted"
  step_done "installed"
}

page_hash() {
  (cd "$root/ui" && find . \( -path ./node_modules -o -path ./dist \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32)
}

# Builds ui/dist, which CMake puts into the binary.
ensure_page() {
  step "Operator's page"
  if [[ ! -f $root/ui/package.json ]]; then step_done "no ui/ here: skipped"; return 0; fi
  local wanted; wanted="$(page_hash) $(node --version)"
  if [[ -f $root/ui/dist/index.html ]] && stamp_is page "$wanted"; then step_done "unchanged"; return 0; fi
  run page "The page's sources do not build: fix what is named above (cd ui && npm run build)." \
    npm --prefix "$root/ui" run build
  set_stamp page "$wanted"
  rm -f "$stamps"/configure-*  # file names in ui/dist carry hashes: CMake has to look again
  step_done "built"
}
