// Consents in PostgreSQL; rows are added and never changed.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "app/database.h"
#include "customers/consent.h"
#include "pitview/domain/principal.h"

namespace pitview::customers {

inline constexpr std::array kConsentSubjects = {ConsentSubject::live_video, ConsentSubject::recording,
                                                ConsentSubject::messages};

struct NewConsents {
  WorkshopId workshop;
  UserId customer;
  UserId recorded_by;
  std::optional<JobId> job;  // at whose booking; empty: the customer says so
  ConsentChoice choice;
  Timestamp now;
  std::string ip;  // "": unknown
};

class ConsentsRepository {
 public:
  explicit ConsentsRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  Awaitable<ConsentState> state(WorkshopId workshop, UserId customer);
  // The newest first.
  Awaitable<std::vector<ConsentEntry>> history(WorkshopId workshop, UserId customer, std::optional<ConsentId> before,
                                               int limit);
  Awaitable<std::vector<ConsentText>> texts(WorkshopId workshop, std::optional<int> before, int limit);
  Awaitable<bool> is_customer(WorkshopId workshop, UserId user);

  // Inside a transaction. The customer's row is locked first, so that of two answers
  // at once one is before the other.
  static Awaitable<> lock_customer(postgres::Transaction& tx, UserId customer);
  static Awaitable<ConsentState> state(postgres::Transaction& tx, UserId customer);
  static Awaitable<int> recorded_since(postgres::Transaction& tx, UserId customer, Timestamp since);
  // What differs from the state, under the present text. Returns the number of rows.
  static Awaitable<int> record(postgres::Transaction& tx, NewConsents consents);
  // What staff wrote down with a new job. True when the customer, by this or by what
  // was said before, agrees to messages.
  static Awaitable<bool> record_at_booking(postgres::Transaction& tx, NewConsents consents);
  // The next version. Locks the workshop's texts against another at the same time.
  static Awaitable<ConsentText> add_text(postgres::Transaction& tx, WorkshopId workshop, ConsentText text, UserId by,
                                         Timestamp now);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> consent_statements();

}  // namespace pitview::customers
