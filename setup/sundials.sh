# SUNDIALS' CVODE: headers and static archives out of Debian's package, unpacked below build/deps.  Sourced.
#
# Not installed: libsundials-dev depends on PETSc, Trilinos and Fortran, a gigabyte and minutes for four archives of
# 2 MB.  apt checks the package against its signed index.

sundials_parts=(cvode nvecserial sunmatrixdense sunlinsoldense generic core)

sundials_installed() { compgen -G '/usr/lib/*/libsundials_cvode.a' >/dev/null && [[ -f /usr/include/cvode/cvode.h ]]; }

fetch_sundials() {
  local work=$root/build/deps/download target=$root/build/deps/sundials part file
  rm -rf "$work" "$target"; mkdir -p "$work/root" "$target/usr/include"; cd "$work"
  apt-get -q download libsundials-dev || { as_root apt-get -q update && apt-get -q download libsundials-dev; }
  for file in libsundials-dev_*.deb; do dpkg-deb -x "$file" root; done
  for part in cvode nvector sundials sunlinsol sunmatrix sunnonlinsol sunmemory sunadaptcontroller; do
    [[ ! -d root/usr/include/$part ]] || cp -r "root/usr/include/$part" "$target/usr/include/"
  done
  for part in "${sundials_parts[@]}"; do
    for file in root/usr/lib/*/libsundials_"$part".a; do
      [[ ! -f $file ]] || { mkdir -p "$target/${file#root/}"; rmdir "$target/${file#root/}"; cp "$file" "$target/${file#root/}"; }
    done
  done
  cd "$root"; rm -rf "$work"
}

# Debian builds SUNDIALS 7 with MPI, whose header and library it then wants.
sundials_wants_mpi() { [[ -f $root/build/deps/sundials/usr/include/sundials/sundials_errors.h ]]; }

ensure_sundials() {
  step "SUNDIALS"
  if sundials_installed; then step_done "installed"; return 0; fi
  if ! has dpkg-deb || ! has apt-get; then step_done "not a Debian family: taking yours"; return 0; fi
  if [[ -s $root/build/deps/sundials/usr/include/cvode/cvode.h ]] && stamp_is sundials 1; then
    step_done "present"; return 0
  fi
  run sundials "Look at the apt messages above; 'apt-get download libsundials-dev' must work. Then run ./dev again." fetch_sundials
  if sundials_wants_mpi && [[ -n $(missing_packages libopenmpi-dev) ]]; then
    run sundials "'apt-get install libopenmpi-dev' must work. Then run ./dev again." install_packages libopenmpi-dev
  fi
  set_stamp sundials 1
  step_done "unpacked from Debian's package"
}
