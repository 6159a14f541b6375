#include "messages/message.h"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace pitview::messages {

std::string_view name_of(MessageKind kind) noexcept { return boost::describe::enum_to_string(kind, ""); }

std::optional<MessageKind> message_kind_from(std::string_view name) {
  MessageKind kind{};
  if (!boost::describe::enum_from_string(std::string(name).c_str(), kind)) return std::nullopt;
  return kind;
}

bool is_after_care(MessageKind kind) noexcept { return kind >= MessageKind::after_care_1; }

std::string_view name_of(MessageStatus status) noexcept { return boost::describe::enum_to_string(status, ""); }

}  // namespace pitview::messages
