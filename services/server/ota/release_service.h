// Super administrators' flows: releases come in, campaigns begin and change. Each
// is one transaction with its audit row.
#pragma once

#include <optional>
#include <string>

#include "audit/actor.h"
#include "ota/campaigns_repository.h"
#include "pitview/base/signature.h"

namespace pitview::ota {

using audit::Actor;

struct ReleaseUpload {
  std::string version;
  std::string hw_rev;
  std::string notes;
  std::string image_base64;
  std::string signature;  // hexadecimal
};

struct CampaignRequest {
  ReleaseId release;
  FirmwareCohort cohort;
  int percentage = 0;
  int max_failure_percent = 0;
};

class ReleaseService {
 public:
  // Without a key nothing can be uploaded.
  ReleaseService(CampaignsRepository& repository, const std::optional<crypto::P256PublicKey>& key)
      : repository_(repository), key_(key) {}

  CampaignsRepository& repository() noexcept { return repository_; }

  // unavailable without a key; validation_failed, also for a signature that is not
  // good; conflict when the version is there for that board.
  Awaitable<Result<FirmwareRelease>> upload(Actor actor, ReleaseUpload upload);

  // not_found (the release); validation_failed for a cohort of what does not exist.
  Awaitable<Result<FirmwareCampaign>> begin_campaign(Actor actor, CampaignRequest request);
  // not_found, conflict (ota_rules.h).
  Awaitable<Result<FirmwareCampaign>> change_campaign(Actor actor, CampaignId id, CampaignChange change);

 private:
  CampaignsRepository& repository_;
  const std::optional<crypto::P256PublicKey>& key_;
};

}  // namespace pitview::ota
