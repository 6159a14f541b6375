// What a program says, for tests that ask one that is not ours.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

namespace pitview::stills {

inline std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  std::array<char, 4096> some{};
  for (std::size_t n = 0; (n = std::fread(some.data(), 1, some.size(), pipe)) > 0;) out.append(some.data(), n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return out;
}

}  // namespace pitview::stills
