// application/x-www-form-urlencoded, as Twilio takes and sends it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pitview::messaging {

// Names and values as they are meant, in the order in which they come; a name may come twice.
using Form = std::vector<std::pair<std::string, std::string>>;

std::string write_form(const Form& form);
// Nothing when an escape is broken, or there are more than 200 of them.
std::optional<Form> parse_form(std::string_view body);
// The value of the only one of that name; nothing when there is none, or several.
std::optional<std::string> value_of(const Form& form, std::string_view name);

}  // namespace pitview::messaging
