# Reads ctest's JUnit file (one entry a test program) and, where the program is a GoogleTest, the cases
# it reported in `cases`/NAME.xml.  Prints a table by program, why each skipped one was skipped, and a
# last line `total PASSED FAILED SKIPPED EXCUSED`.  Excused is a skip whose reason begins `not in Debian:`:
# a peer that the set-up can't bring, so not even CI may ask for it.
function attribute(line, name,    at, rest) {
  at = index(line, " " name "=\"")
  if (!at) return ""
  rest = substr(line, at + length(name) + 3)
  return substr(rest, 1, index(rest, "\"") - 1)
}
function plain(text) {
  gsub(/&#x0A;|&#10;/, " ", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "'", text)
  gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&amp;/, "\\&", text)
  return text
}
function note_skip(who, why) {
  if (why ~ /not in Debian:/) excused++
  reasons[++reason_count] = "  skipped  " who ": " plain(why)
}

function read_cases(file,    line, test) {
  case_pass = case_fail = case_skip = 0; found = 0
  while ((getline line < file) > 0) {
    if (line ~ /<testsuites /) found = 1
    if (line ~ /<testcase /) {
      test = attribute(line, "classname") "." attribute(line, "name")
      if (attribute(line, "result") == "skipped") { case_skip++; case_pass-- }
      if (attribute(line, "status") == "run") case_pass++
      failing = 0
    }
    if (line ~ /<skipped /) note_skip(test, attribute(line, "message"))
    if (line ~ /<failure / && !failing) { failing = 1; case_fail++; case_pass--; note_failure(test) }
  }
  close(file)
  return found
}
function count_program() {  # no cases of GoogleTest: its own closing line counts, or the program as one
  if (split(closing, words, " ") >= 4 && state != "notrun") {
    case_pass = words[1] + 0; case_fail = words[3] + 0; case_skip = words[5] + 0
    if (case_skip) note_skip(name, why)
  } else {
    case_pass = (state == "run")
    case_skip = (state == "disabled" || state == "notrun" && not_run ~ /^SKIP_/)
    case_fail = !case_pass && !case_skip
    if (case_skip) note_skip(name, why != "" ? why : state == "disabled" ? "disabled" : not_run)
  }
  if (case_fail) note_failure(name (state == "notrun" ? ": " not_run : ""))
}
function note_failure(who) { bad[++bad_count] = "  failed   " who }
function count(n, what) { return n ? sprintf(" %4d %-8s", n, what) : sprintf("%14s", "") }

function finish_program() {
  if (name == "") return
  if (!read_cases(cases "/" name ".xml")) count_program()
  if (state == "fail" && !case_fail) {  # it died or leaked after its last case
    case_fail = 1; note_failure(name " (the program itself, not one of its cases)")
  }
  all_pass += case_pass; all_fail += case_fail; all_skip += case_skip
  printf "  %-36s %5d passed%s%s %7.1f s\n", name, case_pass, count(case_fail, "FAILED"), count(case_skip, "skipped"), seconds
}

/<testcase / {
  finish_program()
  name = attribute($0, "name"); state = attribute($0, "status"); seconds = attribute($0, "time")
  why = closing = not_run = ""
}
/<skipped message=/ { not_run = attribute($0, "message") }
{ words_only = $0; sub(/.*<system-out>/, "", words_only); sub(/<\/system-out>.*/, "", words_only) }
words_only ~ /^[0-9]+ passed, [0-9]+ failed/ { closing = words_only }
# Why a program that is no GoogleTest was skipped: the first line in which it says so.
/SKIP|[Ss]kipped/ && !/<skipped/ && words_only !~ /^[0-9]+ passed/ && why == "" { why = words_only }
END {
  finish_program()
  for (i = 1; i <= bad_count; i++) print bad[i]
  for (i = 1; i <= reason_count; i++) print reasons[i]
  printf "total %d %d %d %d\n", all_pass, all_fail, all_skip, excused
}
