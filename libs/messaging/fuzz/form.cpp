// Any text as the body of a form. A form that is taken is what its own writing says, and no larger than what came.
#include "pitview/messaging/form.h"

#include <algorithm>
#include <cctype>

#include "require.h"

namespace {

using pitview::messaging::fuzz::require;

bool is_written(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~%&=").find(c) != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview::messaging;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto form = parse_form(body);
  if (!form) return 0;
  require(form->size() <= 200, "a form has at most 200 pairs");
  std::size_t bytes = 0;
  for (const auto& [name, value] : *form) {
    bytes += name.size() + value.size();
    const auto same = std::count_if(form->begin(), form->end(), [&](const auto& pair) { return pair.first == name; });
    require(value_of(*form, name) == (same == 1 ? std::optional(value) : std::nullopt),
            "what comes twice has no value");
  }
  require(bytes <= size, "nothing grows");
  const std::string written = write_form(*form);
  require(std::all_of(written.begin(), written.end(), is_written), "a form is written in plain characters");
  require(parse_form(written) == form, "what is written is read as the same");
  return 0;
}
