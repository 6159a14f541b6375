// A message as an e-mail's HTML: for programs that show little, with nothing fetched from anywhere.
#pragma once

#include <string>
#include <string_view>

namespace pitview::messages {

struct MailPage {
  std::string_view language;  // "hi", or anything for English
  std::string_view workshop;
  std::string_view text;  // as in the plain part
  std::string_view link;  // gets a button, and is a link where the text has it; ""
};

std::string mail_html(const MailPage& page);

}  // namespace pitview::messages
