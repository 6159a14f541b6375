// Who carries a message to a person. Blocks, so never on a network thread; any other, several at once.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "messages/message.h"

namespace pitview::messages {

struct Outgoing {
  std::string key;      // the same for every attempt
  std::string phone;    // E.164, or ""
  std::string email;    // or ""
  std::string subject;  // of an e-mail
  std::string text;
  std::string html{};  // of an e-mail, the same for who reads HTML; ""
  MessageKind kind = MessageKind::job_started;
  std::string language{};                         // in which the text is
  bool may_be_whatsapp = false;                   // its template says what the text says, and it was not tried before
  std::vector<std::string> template_variables{};  // of that template
  Timestamp written{};                            // the same for every attempt
};

struct Handed {
  enum class Outcome : std::uint8_t {
    taken,    // the provider has it
    later,    // not now
    refused,  // never
    nobody,   // there is no provider
  };
  Outcome outcome = Outcome::taken;
  std::string channel;                 // by which it was taken
  std::string provider_id;             // the provider's name for it
  std::string reason;                  // a sentence for staff, without a secret, a number or an address
  std::chrono::seconds not_before{0};  // of `later`: the provider wants as much
  bool has_fallback = false;           // of one that WhatsApp took: an SMS can follow, and receipts are told
  bool opted_out = false;              // of `refused`: they want no messages of us
  int segments = 0;                    // of an SMS: as how many it is charged
};

class MessageProvider {
 public:
  virtual ~MessageProvider() = default;
  virtual Handed send(const Outgoing& message) = 0;
};

// Nothing leaves the house, and every message says so.
class OutboxOnly final : public MessageProvider {
 public:
  Handed send(const Outgoing&) override {
    return {.outcome = Handed::Outcome::nobody, .reason = "No provider is set up: it was not sent."};
  }
};

}  // namespace pitview::messages
