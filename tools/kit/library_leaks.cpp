// Under LeakSanitizer: the caches that fontconfig keeps until the process ends. Our
// own code is not excused.
extern "C" const char*
__lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)

extern "C" const char*
__lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
  return "leak:libfontconfig\n";
}

extern "C" const char* __lsan_default_options();  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)

extern "C" const char* __lsan_default_options() {  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
  return "print_suppressions=0";
}
