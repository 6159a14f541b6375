// Under LeakSanitizer: the caches of fonts and picture formats, which these libraries keep until the process ends.
// Our own code is not excused.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)

extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:libfontconfig\nleak:libglib-2.0\nleak:libpango\nleak:libgdk_pixbuf\n";
}

extern "C" const char* __lsan_default_options();  // NOLINT(bugprone-reserved-identifier)

extern "C" const char* __lsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "print_suppressions=0";
}
