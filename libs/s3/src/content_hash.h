// What a request is signed for besides its head: the SHA-256 of its body, in hexadecimal digits.
#pragma once

#include <optional>
#include <string>

#include "pitview/s3/client.h"

namespace pitview::s3 {

std::string hash_of_nothing();
// Empty: it cannot be read.
std::optional<std::string> hash_of(const Content& content);

}  // namespace pitview::s3
