#include "access/bearer.h"

namespace pitview::video {

std::string token_of(const http::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  for (const auto& [name, value] : request.query)
    if (name == "token") return value;
  const std::string_view header = request.header("Authorization");
  return header.starts_with(kBearer) ? std::string(header.substr(kBearer.size())) : "";
}

}  // namespace pitview::video
