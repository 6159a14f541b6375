// Any form as what Twilio posts. What is taken has an id that can only be one, a number that can be answered and a code
// that is one; nothing that came gets into a sentence for people; and only the right token signs.
#include "pitview/messaging/twilio_webhook.h"

#include <algorithm>

#include "require.h"

namespace {

using namespace pitview::messaging;
using fuzz::require;

bool is_id(std::string_view id) {
  return id.size() == 34 && (id.starts_with("SM") || id.starts_with("MM")) &&
         id.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

bool is_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

void check_receipt(const Receipt& receipt) {
  require(is_id(receipt.provider_id), "a receipt is of one message");
  require(receipt.code.size() <= 6 && is_digits(receipt.code), "a code is a number");
  require(!supersedes(receipt.status, receipt.status), "the same again is no news");
  const Delivery delivery = delivery_of(receipt);
  const bool is_bad = receipt.status == ReceiptStatus::undelivered || receipt.status == ReceiptStatus::failed;
  require(delivery.provider_id == receipt.provider_id, "a delivery is of the same message");
  require(delivery.is_accepted() != is_bad, "what failed was not delivered");
  require(is_bad != delivery.reason.empty(), "who fails says why");
  require(delivery.reason.find(receipt.provider_id) == std::string::npos, "a reason has nothing of what came");
}

void check_inbound(const Inbound& inbound) {
  require(is_id(inbound.provider_id), "an answer is one message");
  require(inbound.from.starts_with('+') && inbound.from.size() <= 16 && is_digits(inbound.from.substr(1)),
          "an answer is from a number");
}

void check_signature(const Form& form) {
  constexpr std::string_view kUrl = "https://pitview.example/api/twilio?a=1";
  const std::string signature = signature_of("token", kUrl, form);
  require(verify_signature("token", kUrl, form, signature), "the right token signs");
  require(!verify_signature("tokem", kUrl, form, signature), "another token does not");
  require(!verify_signature("", kUrl, form, signature_of("", kUrl, form)), "no token signs nothing");
  require(!verify_signature("token", "https://pitview.example/", form, signature), "another address is another text");
  Form reversed(form.rbegin(), form.rend());
  require(signature_of("token", kUrl, reversed) == signature, "the order does not count");
  reversed.emplace_back(std::string(8192, 'x'), "");  // longer than any input
  require(!verify_signature("token", kUrl, reversed, signature), "nothing can be added");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto form = parse_form({reinterpret_cast<const char*>(data), size});
  if (!form) return 0;
  const auto receipt = parse_receipt(*form);
  const auto inbound = parse_inbound(*form);
  require(!receipt || !inbound, "a receipt is no answer");
  if (receipt) check_receipt(*receipt);
  if (inbound) check_inbound(*inbound);
  check_signature(*form);
  return 0;
}
