# Counts the test cases of a JUnit report: prints "passed failed skipped".
# A record is what follows a "<". Text in CDATA may hold anything, so it is skipped.
BEGIN { RS = "<" }
in_cdata { if (index($0, "]]>")) in_cdata = 0; next }
/^!\[CDATA\[/ { if (!index($0, "]]>")) in_cdata = 1; next }
/^testcase[ \t\r\n\/>]/ {
  close_case()
  open = 1
  outcome = "passed"
  # GoogleTest marks a disabled test by an attribute only.
  if ($0 ~ / (status="notrun"|result="skipped")/) outcome = "skipped"
  if ($0 ~ /\/>[ \t\r\n]*$/) close_case()
}
/^(failure|error)[ \t\r\n\/>]/ && open { outcome = "failed" }
/^skipped[ \t\r\n\/>]/ && open && outcome != "failed" { outcome = "skipped" }
/^\/testcase>/ { close_case() }
END { close_case(); print passed + 0, failed + 0, skipped + 0 }
function close_case() {
  if (!open) return
  open = 0
  if (outcome == "passed") passed++
  else if (outcome == "failed") failed++
  else skipped++
}
