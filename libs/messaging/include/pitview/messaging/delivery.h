// What became of one attempt to hand a message to a provider: the same for SMS, WhatsApp and e-mail.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pitview::messaging {

struct Delivery {
  enum class Outcome : std::uint8_t {
    accepted,  // the provider has it; whether it arrives is told later, or never
    later,     // not now: busy, away, or too many at once
    refused,   // this message never goes to this recipient
  };

  Outcome outcome = Outcome::later;
  std::string provider_id;              // with accepted: the provider's name for it; receipts say it
  std::string reason;                   // unless accepted: a sentence for a person; no secret, number or address
  std::string code;                     // the provider's own, which is stable: "21610", "550 5.1.1"; "": none came
  std::chrono::seconds retry_after{0};  // with later: not before; 0: the provider does not say
  bool recipient_opted_out = false;     // wants no messages: ask before sending another
  bool recipient_invalid = false;       // nobody can be reached there
  // Credentials, account, sender or certificate: no message of this provider goes until somebody mends that. With
  // refused and with later alike: the message itself may be good.
  bool is_misconfigured = false;
  // With later: all of it was sent and no answer came, so that it may arrive although it is tried again.
  bool is_uncertain = false;
  int segments = 0;  // with accepted, of an SMS: as how many it is charged

  bool is_accepted() const noexcept { return outcome == Outcome::accepted; }
};

}  // namespace pitview::messaging
