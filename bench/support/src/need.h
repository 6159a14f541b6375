// For the mains: what is missing ends the program with a sentence.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>

#include "pitview/base/result.h"

namespace pitview::bench {

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

inline std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string text;
  if (!std::getline(in, text)) throw std::runtime_error("cannot read " + file);
  return text;
}

}  // namespace pitview::bench
