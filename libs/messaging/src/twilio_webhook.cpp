#include "pitview/messaging/twilio_webhook.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

#include "encoding.h"
#include "pitview/base/crypto.h"
#include "pitview/messaging/twilio.h"
#include "twilio_codes.h"

namespace pitview::messaging {
namespace {

constexpr std::string_view kWhatsApp = "whatsapp:";

std::string hmac_sha1(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(data.data()),
           data.size(), digest.data(), &size) == nullptr)
    throw std::runtime_error("OpenSSL: HMAC failed");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

// "SM" of an SMS or a WhatsApp message, "MM" of one with pictures.
bool is_message_sid(std::string_view text) {
  return text.size() == 34 && (text.starts_with("SM") || text.starts_with("MM")) &&
         text.substr(2).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<ReceiptStatus> status_of(std::string_view text) {
  for (const std::string_view early : {"accepted", "scheduled", "queued", "sending"})
    if (text == early) return ReceiptStatus::queued;
  if (text == "sent") return ReceiptStatus::sent;
  if (text == "delivered") return ReceiptStatus::delivered;
  if (text == "undelivered") return ReceiptStatus::undelivered;
  if (text == "failed" || text == "canceled") return ReceiptStatus::failed;
  if (text == "read") return ReceiptStatus::read;
  return std::nullopt;
}

std::string keyword_of(std::string_view body) {
  while (!body.empty() && std::isspace(static_cast<unsigned char>(body.front()))) body.remove_prefix(1);
  while (!body.empty() && std::isspace(static_cast<unsigned char>(body.back()))) body.remove_suffix(1);
  std::string word(body);
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return word;
}

Inbound::Wish wish_of(std::string_view word) {
  for (const std::string_view stop : {"STOP", "STOPALL", "UNSUBSCRIBE", "END", "CANCEL", "QUIT", "REVOKE", "OPTOUT"})
    if (word == stop) return Inbound::Wish::stop;
  for (const std::string_view start : {"START", "UNSTOP", "YES"})
    if (word == start) return Inbound::Wish::start;
  return word == "HELP" || word == "INFO" ? Inbound::Wish::help : Inbound::Wish::none;
}

int rank_of(ReceiptStatus status) noexcept {
  // undelivered and failed: one is no news after the other.
  return status == ReceiptStatus::failed ? static_cast<int>(ReceiptStatus::undelivered) : static_cast<int>(status);
}

}  // namespace

std::string signature_of(std::string_view auth_token, std::string_view url, const Form& form) {
  // Twilio's own libraries sort the values of one name too, and take what comes twice once.
  Form sorted = form;
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string text(url);
  for (const auto& [name, value] : sorted) text.append(name).append(value);
  return base64(hmac_sha1(auth_token, text));
}

bool verify_signature(std::string_view auth_token, std::string_view url, const Form& form, std::string_view header) {
  // Without a token anybody could sign.
  return !auth_token.empty() && !header.empty() &&
         crypto::equal_constant_time(signature_of(auth_token, url, form), header);
}

std::optional<Receipt> parse_receipt(const Form& form) {
  const auto id = value_of(form, "MessageSid");
  const auto status = status_of(value_of(form, "MessageStatus").value_or(""));
  if (!id || !is_message_sid(*id) || !status) return std::nullopt;
  Receipt receipt{.provider_id = *id, .status = *status, .code = value_of(form, "ErrorCode").value_or("")};
  if (!is_twilio_code(receipt.code)) receipt.code.clear();
  receipt.is_whatsapp = value_of(form, "To").value_or("").starts_with(kWhatsApp);
  return receipt;
}

Delivery delivery_of(const Receipt& receipt) {
  if (receipt.status == ReceiptStatus::undelivered || receipt.status == ReceiptStatus::failed) {
    Delivery delivery = delivery_of_code(receipt.code);
    delivery.provider_id = receipt.provider_id;
    return delivery;
  }
  return {.outcome = Delivery::Outcome::accepted, .provider_id = receipt.provider_id};
}

bool supersedes(ReceiptStatus next, ReceiptStatus known) noexcept { return rank_of(next) > rank_of(known); }

std::optional<Inbound> parse_inbound(const Form& form) {
  const auto id = value_of(form, "MessageSid");
  const auto from = value_of(form, "From");
  // What Twilio tells of our own messages has a MessageStatus.
  if (!id || !is_message_sid(*id) || !from || value_of(form, "MessageStatus")) return std::nullopt;
  Inbound inbound{.provider_id = *id, .from = *from, .body = value_of(form, "Body").value_or("")};
  if (inbound.from.starts_with(kWhatsApp)) {
    inbound.is_whatsapp = true;
    inbound.from.erase(0, kWhatsApp.size());
  }
  if (!is_e164(inbound.from)) return std::nullopt;
  const auto type = value_of(form, "OptOutType");
  inbound.wish = wish_of(keyword_of(type ? *type : inbound.body));
  return inbound;
}

}  // namespace pitview::messaging
