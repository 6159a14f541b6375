// Gives a stream to who may watch it.
#pragma once

#include "pits/pits_repository.h"
#include "pitview/base/crypto.h"
#include "pitview/base/result.h"
#include "streams/stream.h"
#include "streams/streams_repository.h"

namespace pitview::streams {

class StreamService {
 public:
  struct Parts {
    pits::PitsRepository& pits;
    StreamsRepository& streams;
    const Clock& clock;
    const crypto::Key256& data_key;
    const crypto::Key256& token_secret;
    std::string public_url;  // of the gateway, as browsers reach it; "": there is none
  };
  explicit StreamService(Parts parts) : parts_(std::move(parts)) {}

  // not_found: no such pit for this principal, or no camera there. forbidden: the right
  // has ended (decision D19). unavailable: this server has no video gateway.
  Awaitable<Result<Stream>> open(Principal principal, PitId pit);

 private:
  Parts parts_;
};

}  // namespace pitview::streams
