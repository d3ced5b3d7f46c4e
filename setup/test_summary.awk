# Reads ctest's JUnit file (one entry a test program) and, where the program is a GoogleTest, the cases
# it reported in `cases`/NAME.xml.  Prints a table by program, why each skipped one was skipped, and a
# last line `total PASSED FAILED SKIPPED`.
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
function note_skip(who, why) { reasons[++reason_count] = "  skipped  " who ": " plain(why) }

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
    if (line ~ /<failure / && !failing) { failing = 1; case_fail++; case_pass--; bad[++bad_count] = "  failed   " test }
  }
  close(file)
  return found
}
function finish_program(    note) {
  if (name == "") return
  if (!read_cases(cases "/" name ".xml")) {
    case_pass = (state == "run"); case_skip = (state == "notrun" || state == "disabled"); case_fail = !case_pass && !case_skip
    if (case_skip) note_skip(name, why != "" ? why : "disabled")
    if (case_fail) bad[++bad_count] = "  failed   " name
  } else if (state == "fail" && !case_fail) {  # it died or leaked after its last case
    case_fail = 1; bad[++bad_count] = "  failed   " name " (the program, not one of its cases)"
  }
  all_pass += case_pass; all_fail += case_fail; all_skip += case_skip
  note = sprintf("  %-40s %5d passed", name, case_pass)
  if (case_fail) note = note sprintf(" %4d FAILED", case_fail)
  if (case_skip) note = note sprintf(" %4d skipped", case_skip)
  printf "%-72s %7.1f s\n", note, seconds
}

# The words of a skipped program that is no GoogleTest: its first line that says so.
/<testcase / {
  finish_program()
  name = attribute($0, "name"); state = attribute($0, "status"); seconds = attribute($0, "time"); why = ""
}
/SKIP|[Ss]kipped/ && !/<skipped/ && why == "" { why = $0; sub(/.*<system-out>/, "", why); sub(/<\/system-out>.*/, "", why) }
END {
  finish_program()
  for (i = 1; i <= bad_count; i++) print bad[i]
  for (i = 1; i <= reason_count; i++) print reasons[i]
  printf "total %d %d %d\n", all_pass, all_fail, all_skip
}
