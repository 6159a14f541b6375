#include "stack.h"

#include <algorithm>

#include "pitview/json/read.h"

namespace pitview::bench {

std::string Device::topic() const {
  return "workshop/" + workshop_code + "/pit/" + std::to_string(pit_number) + "/sensors";
}

const Login* Stack::owner() const {
  const auto found = std::ranges::find(logins, "owner", &Login::role);
  return found == logins.end() ? nullptr : &*found;
}

Result<Stack> read_stack(std::string_view status_json) {
  Result<Stack> stack = json::read<Stack>(status_json);
  if (!stack) return stack;
  if (!stack->running) return {Errc::unavailable, "The product does not run."};
  if (stack->devices.empty() || stack->owner() == nullptr)
    return {Errc::not_found, "The product has no demo device or no demo owner."};
  if (!stack->pids.server || !stack->pids.mosquitto || !stack->pids.postgres)
    return {Errc::unavailable, "Server, Mosquitto or PostgreSQL does not run."};
  return stack;
}

}  // namespace pitview::bench
