// What a workshop's messages of a month cost, as far as prices are known.
#pragma once

#include <boost/describe/class.hpp>
#include <span>
#include <string>

#include "app/database.h"

namespace pitview::messages {

struct MessageCosts {
  std::string month;  // "2026-11", in the workshop's time zone
  int sms = 0;
  int sms_segments = 0;  // as how many they are charged
  int whatsapp = 0;
  int email = 0;
  std::int64_t cost_paise = 0;  // estimated, at the prices of then; 0: they are not known
};
BOOST_DESCRIBE_STRUCT(MessageCosts, (), (month, sms, sms_segments, whatsapp, email, cost_paise))

// "2026-11"; of this century and the last.
bool is_month(std::string_view text) noexcept;

// Of what providers have taken. What WhatsApp had and an SMS followed counts as both. Precondition: is_month(month).
Awaitable<MessageCosts> costs_of_month(app::Database& database, WorkshopId workshop, std::string month);

std::span<const postgres::Statement> message_cost_statements();

}  // namespace pitview::messages
