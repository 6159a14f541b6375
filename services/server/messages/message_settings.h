// When a workshop's messages go out, and in which words: what its owner sets.
#pragma once

#include <boost/describe/class.hpp>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "audit/actor.h"
#include "messages/message.h"
#include "messages/message_costs.h"
#include "pitview/base/result.h"

namespace pitview::messages {

struct MessageSettings {
  std::string quiet_from = "21:00";   // in the workshop's time zone; what is not urgent waits …
  std::string quiet_until = "08:00";  // … until then; both the same: never quiet
  int daily_cap = 500;
  bool after_care = false;
  bool owner_alerts = true;  // messages of alerts to the owners
};
BOOST_DESCRIBE_STRUCT(MessageSettings, (), (quiet_from, quiet_until, daily_cap, after_care, owner_alerts))

struct MessageSettingsChange {
  std::optional<std::string> quiet_from;
  std::optional<std::string> quiet_until;
  std::optional<int> daily_cap;
  std::optional<bool> after_care;
  std::optional<bool> owner_alerts;
};

struct MessageTemplate {
  std::string kind;
  std::string language;  // en, hi
  std::string text;
  bool is_own = false;  // else the product's
  std::vector<std::string> placeholders;
  std::string preview;
  std::string encoding;  // of the preview as an SMS: gsm7, ucs2
  int length = 0;        // in its units: septets, or UTF-16 code units
  int segments = 0;      // as so many SMS it is charged
};
BOOST_DESCRIBE_STRUCT(MessageTemplate, (),
                      (kind, language, text, is_own, placeholders, preview, encoding, length, segments))

class MessageSettingsService {
 public:
  explicit MessageSettingsService(app::Database& database) : database_(database) {}

  Awaitable<MessageSettings> settings(WorkshopId workshop);
  Awaitable<MessageSettings> change(audit::Actor actor, MessageSettingsChange change);

  // Of every kind and language, in that order.
  Awaitable<std::vector<MessageTemplate>> templates(WorkshopId workshop);
  // validation_failed: it names what this kind does not know, or leaves the link out where it is the point.
  Awaitable<Result<MessageTemplate>> set_text(audit::Actor actor, MessageKind kind, std::string language,
                                              std::string text);
  // Precondition: is_month(month).
  Awaitable<MessageCosts> costs(WorkshopId workshop, std::string month) {
    return costs_of_month(database_, workshop, std::move(month));
  }

  // Back to the product's.
  Awaitable<MessageTemplate> reset_text(audit::Actor actor, MessageKind kind, std::string language);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> message_settings_statements();

}  // namespace pitview::messages
