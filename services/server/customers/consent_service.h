// Consents: the customer's own, and the texts of a workshop.
#pragma once

#include "audit/actor.h"
#include "customers/consents_repository.h"
#include "pitview/base/result.h"

namespace pitview::customers {

class ConsentService {
 public:
  struct Parts {
    ConsentsRepository& consents;
    const Clock& clock;
  };
  explicit ConsentService(Parts parts) : parts_(parts) {}

  Awaitable<ConsentState> state(Principal customer);

  // conflict when the text has another version by now; rate_limited after 60 changes
  // of mind in a day, because each is kept.
  Awaitable<Result<ConsentState>> answer(audit::Actor actor, int text_version, ConsentChoice choice);

  // Of that customer of the workshop; not_found.
  Awaitable<Result<std::vector<ConsentEntry>>> history(WorkshopId workshop, UserId customer,
                                                       std::optional<ConsentId> before, int limit);

  Awaitable<std::vector<ConsentText>> texts(WorkshopId workshop, std::optional<int> before, int limit);
  Awaitable<ConsentText> publish(audit::Actor actor, ConsentText text);

 private:
  Parts parts_;
};

// For the audit log: {"live_video":true,…}.
std::string auditable(const ConsentChoice& choice);

}  // namespace pitview::customers
