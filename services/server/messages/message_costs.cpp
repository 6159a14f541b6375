#include "messages/message_costs.h"

#include <array>

namespace pitview::messages {
namespace {

constexpr postgres::Statement kCosts{"message_costs", R"sql(
  SELECT count(*) FILTER (WHERE m.channel = 'sms' OR m.sms_segments > 0)::integer AS sms,
    coalesce(sum(m.sms_segments), 0)::integer AS sms_segments,
    count(*) FILTER (WHERE m.whatsapp_id IS NOT NULL)::integer AS whatsapp,
    count(*) FILTER (WHERE m.channel = 'email')::integer AS email,
    coalesce(sum(m.cost_paise), 0)::bigint AS cost_paise
  FROM workshops w JOIN messages m ON m.workshop_id = w.id
  WHERE m.taken_at >= to_date($1, 'YYYY-MM')::timestamp AT TIME ZONE w.timezone
    AND m.taken_at < (to_date($1, 'YYYY-MM') + interval '1 month') AT TIME ZONE w.timezone)sql"};

constexpr std::array kStatements = {kCosts};

}  // namespace

bool is_month(std::string_view text) noexcept {
  if (text.size() != 7 || text[4] != '-') return false;
  for (const std::size_t at : {0U, 1U, 2U, 3U, 5U, 6U})
    if (text[at] < '0' || text[at] > '9') return false;
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  return (text.starts_with("19") || text.starts_with("20")) && month >= 1 && month <= 12;
}

Awaitable<MessageCosts> costs_of_month(app::Database& database, WorkshopId workshop, std::string month) {
  const auto rows = co_await database.here().read(workshop, kCosts, month);
  co_return MessageCosts{.month = std::move(month),
                         .sms = rows[0].get<int>("sms"),
                         .sms_segments = rows[0].get<int>("sms_segments"),
                         .whatsapp = rows[0].get<int>("whatsapp"),
                         .email = rows[0].get<int>("email"),
                         .cost_paise = rows[0].get<std::int64_t>("cost_paise")};
}

std::span<const postgres::Statement> message_cost_statements() { return kStatements; }

}  // namespace pitview::messages
