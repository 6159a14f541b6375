#include "exports/export_places.h"

namespace pitview::exports {

std::shared_ptr<void> ExportPlaces::take(WorkshopId workshop) {
  const std::scoped_lock lock(taken_->mutex);
  int& own = taken_->of[workshop];
  if (own >= most_) return nullptr;
  ++own;
  return {this, [taken = taken_, workshop](void*) {
            const std::scoped_lock given_back(taken->mutex);
            if (--taken->of[workshop] == 0) taken->of.erase(workshop);
          }};
}

}  // namespace pitview::exports
