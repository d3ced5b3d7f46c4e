# How ./dev talks: numbered steps, one live line for a long command, its log when it fails.
# Sourced; expects $root.

logs=$root/build/logs
step_at=0 step_of=0 step_started=0 step_title=
child=  # process group of the command under way

live=0
[[ -t 1 && -z ${CI:-} && ${TERM:-dumb} != dumb ]] && live=1

say() { printf '%s\n' "$*"; }
warn() { printf 'dev: %s\n' "$*" >&2; }
# die MESSAGE REMEDY
die() {
  printf 'dev: %s\n' "$1" >&2
  [[ -n ${2:-} ]] && printf '     %s\n' "$2" >&2
  exit 1
}

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# steps N: how many steps the numbering counts to.
steps() { step_at=0 step_of=$1; }

step_line() { printf '[%*d/%d] %-22s%s' ${#step_of} "$step_at" "$step_of" "$step_title" "$1"; }

step() {
  step_title=$1 step_started=$SECONDS step_at=$((step_at + 1))
  ((live)) && step_line '' && printf ' ...'
  return 0
}

# step_done WORDS: ends the line that step() began.
step_done() {
  local spent=$((SECONDS - step_started)) took=
  ((spent > 0)) && took=$(clock "$spent")
  ((live)) && printf '\r\e[K'
  step_line "$(printf '%-44s %6s' "$1" "$took")"; printf '\n'
}

# The last line of a log; of a build's, the last that counts ("[12/340] …"), not a warning's tail.
last_words() {
  tail -c 8000 "$1" 2>/dev/null | tr '\r' '\n' |
    awk '/^\[[0-9]+\/[0-9]+\]/ {counting = $0} NF {last = $0} END {print counting != "" ? counting : last}' |
    tr -cd '[:print:]' || true
}

show_progress() {  # LOG
  local spent=$((SECONDS - step_started)) width=$((${COLUMNS:-80} - 38))
  ((width < 20)) && width=20
  local words; words=$(last_words "$1"); words=${words:0:width}
  if ((live)); then
    printf '\r\e[K'; step_line "$(clock $spent)  $words"
  else
    step_line "$(clock $spent)  $words"; printf '\n'
  fi
}

# Waits for $child; says a word every second on a terminal, every half minute elsewhere.
watch_child() {  # LOG
  local every=30 next
  ((live)) && every=1
  next=$((SECONDS + every))
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.2
    ((SECONDS < next)) && continue
    show_progress "$1"
    next=$((SECONDS + every))
  done
}

# attempt LOG COMMAND…: runs it in a process group of its own, its words in build/logs/LOG.log;
# leaves its exit status in $status.
attempt() {
  local log=$logs/$1.log; shift
  mkdir -p "$logs"
  set -m  # a process group, so that Ctrl-C can stop all of it
  ( set +m; set -euo pipefail; "$@" ) </dev/null >"$log" 2>&1 9>&- &
  child=$!
  set +m
  watch_child "$log"
  status=0
  wait "$child" || status=$?
  child=
}

# run LOG REMEDY COMMAND…: attempt, and the end of the log and the remedy when it fails.
# Never call it inside a condition: bash would then ignore errors within COMMAND.
run() {
  local log=$1 remedy=$2; shift 2
  attempt "$log" "$@"
  ((status == 0)) && return 0
  step_done "FAILED (status $status)"
  show_failure "$log" "$remedy"
  exit 1
}

show_failure() {  # LOG REMEDY
  printf '\n--- the last lines of build/logs/%s.log\n' "$1" >&2
  tail -n 30 "$logs/$1.log" >&2
  printf -- '---\ndev: %s failed. %s\n' "$step_title" "$2" >&2
}

stop_child() {
  [[ -n $child ]] || return 0
  kill -TERM -- "-$child" 2>/dev/null || return 0
  for _ in {1..50}; do
    kill -0 -- "-$child" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$child" 2>/dev/null || true
}

on_signal() {
  trap '' INT TERM HUP
  ((live)) && printf '\n'
  warn "stopping"
  stop_child
  exit "$1"
}
trap 'on_signal 130' INT
trap 'on_signal 143' TERM
trap 'on_signal 129' HUP

# ---- stamps: a step is skipped while what it depends on is unchanged
stamps=$root/build/stamps
stamp_is() { [[ -f $stamps/$1 && $(<"$stamps/$1") == "$2" ]]; }
set_stamp() { mkdir -p "$stamps"; printf '%s\n' "$2" >"$stamps/$1"; }
hash_of() { sha256sum "$@" | sha256sum | cut -c1-32; }
