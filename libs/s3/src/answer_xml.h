// What an object store says in XML: listings and errors.
#pragma once

#include <optional>
#include <string>

#include "pitview/s3/client.h"

namespace pitview::s3 {

// A ListBucketResult of ListObjectsV2; empty: it is none.
std::optional<Listing> read_listing(const std::string& xml);
// Of an answer that is none of success; `xml` may be anything.
Error error_of(int status, const std::string& xml);

}  // namespace pitview::s3
