// How many exports of a workshop run at once, on this server: somebody who reads slowly, or
// asks again and again, holds up nobody else's. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "pitview/base/strong_id.h"

namespace pitview::exports {

class ExportPlaces {
 public:
  explicit ExportPlaces(int of_a_workshop) : most_(of_a_workshop) {}

  // Null: all are taken. Else the place is free again when it goes, which may be after *this.
  std::shared_ptr<void> take(WorkshopId workshop);

 private:
  struct Taken {
    std::mutex mutex;
    std::map<WorkshopId, int> of;
  };

  const int most_;
  const std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

}  // namespace pitview::exports
