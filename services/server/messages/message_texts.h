// The words of messages, in the languages that customers read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/message.h"
#include "pitview/base/result.h"

namespace pitview::messages {

// What stands for "{name}" in a text.
using Values = std::vector<std::pair<std::string_view, std::string>>;

// `language`: "hi", or anything for English.
// What an alert is, in that language. `type`, `value` and `message` as in the database; the message is English.
struct AlertWords {
  std::string type;
  std::optional<double> value;
  std::string message;
};
std::string alert_sentence(const AlertWords& alert, std::string_view language);

std::string_view default_text(MessageKind kind, std::string_view language) noexcept;

// A placeholder without a value is left out; what a value contains is not looked into again.
std::string render(std::string_view text, const Values& values);

// Every "{name}" in a text, in order.
std::vector<std::string_view> placeholders_of(std::string_view text);

// Of the template that says what the default text says ({{1}}, {{2}} …): its placeholders' values in the order in which
// they stand there, each of one line and, because WhatsApp takes no empty ones, "–" where there is none. Nothing: it
// has no link where the text has one.
std::optional<std::vector<std::string>> template_variables(MessageKind kind, std::string_view language,
                                                           const Values& values);

// What a text of this kind may name.
std::vector<std::string_view> known_placeholders(MessageKind kind);
// validation_failed, at `text`: a placeholder that nothing stands for, or no link where it is the point.
Result<> check_text(MessageKind kind, std::string_view text);
// As it reads for somebody.
std::string preview(std::string_view text);

}  // namespace pitview::messages
