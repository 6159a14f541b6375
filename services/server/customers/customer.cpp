#include "customers/customer.h"

#include <algorithm>

namespace pitview::customers {

std::string masked_phone(std::string_view e164) {
  constexpr std::size_t kHead = 3;  // "+" and two digits of the country
  constexpr std::size_t kTail = 4;
  constexpr std::string_view kDot = "•";
  const std::size_t tail = std::min(kTail, e164.size());
  const std::size_t head = std::min(kHead, e164.size() - tail);
  std::string masked(e164.substr(0, head));
  for (std::size_t i = head; i + tail < e164.size(); ++i) masked += kDot;
  masked += e164.substr(e164.size() - tail);
  return masked;
}

}  // namespace pitview::customers
