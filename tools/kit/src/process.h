// Another program, run to its end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::kit {

struct Ended {
  int status = 0;      // exit code, 128 + signal
  std::string output;  // standard output and error, the last 64 KiB
};

// The first of the names that is an executable in PATH, as a path.
std::optional<std::string> find_program(const std::vector<std::string>& names);

// Runs it without a shell and without input; its output is shown on standard error
// while it comes. Throws KitError when it cannot be started.
Ended run_program(const std::vector<std::string>& arguments);

// The command for a person to read, quoted so that it could be pasted.
std::string command_line(const std::vector<std::string>& arguments);

}  // namespace pitview::kit
