#include "smtp_replies.h"

#include <algorithm>

namespace pitview::messaging {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 3463: "5.1.1" at the beginning of `text`, or "".
std::string_view enhanced_of(std::string_view text) {
  const std::string_view word = text.substr(0, std::min(text.find_first_of(" \r\n"), text.size()));
  const bool fits = word.size() >= 5 && word.size() <= 9 && (word[0] == '4' || word[0] == '5') && word[1] == '.' &&
                    std::ranges::count(word, '.') == 2 && word.back() != '.' &&
                    word.find_first_not_of("0123456789.") == word.npos;
  return fits ? word : std::string_view();
}

bool is_credentials(std::string_view status) {
  return status == "530" || status == "534" || status == "535" || status == "538";
}

}  // namespace

std::string smtp_code_of(std::string_view line) {
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return {};
  std::string code(line.substr(0, 3));
  if (line.size() <= 4) return code;
  const std::string_view enhanced = enhanced_of(line.substr(4));
  return enhanced.empty() ? code : code + " " + std::string(enhanced);
}

Delivery delivery_of_reply(const std::string& code, SmtpStage stage) {
  const std::string_view status = std::string_view(code).substr(0, 3);
  const std::string_view enhanced = code.size() > 4 ? std::string_view(code).substr(4) : std::string_view();
  Delivery delivery{.code = code};
  if (is_credentials(status)) {
    delivery.outcome = Delivery::Outcome::refused;
    delivery.reason = "The mail server does not accept the user or the password.";
    delivery.is_misconfigured = true;
  } else if (status.starts_with('4')) {
    delivery.outcome = Delivery::Outcome::later;
    delivery.reason = "The mail server cannot take it now.";
  } else if (stage == SmtpStage::recipient &&
             (enhanced.starts_with("5.1.") ||
              (enhanced.empty() && (status == "550" || status == "551" || status == "553")))) {
    delivery.outcome = Delivery::Outcome::refused;
    delivery.reason = "There is no such mailbox.";
    delivery.recipient_invalid = true;
  } else {
    delivery.outcome = Delivery::Outcome::refused;
    delivery.reason =
        status == "552" ? "The mailbox is full, or the mail is too large." : "The mail server refuses the mail.";
  }
  return delivery;
}

}  // namespace pitview::messaging
