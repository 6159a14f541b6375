// The words of messages, in the languages that customers read.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/message.h"

namespace pitview::messages {

// What stands for "{name}" in a text.
using Values = std::vector<std::pair<std::string_view, std::string>>;

// `language`: "hi", or anything for English.
std::string_view default_text(MessageKind kind, std::string_view language) noexcept;

// A placeholder without a value is left out; what a value contains is not looked into again.
std::string render(std::string_view text, const Values& values);

// Every "{name}" in a text, in order.
std::vector<std::string_view> placeholders_of(std::string_view text);

}  // namespace pitview::messages
