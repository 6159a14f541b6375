// AWS Signature Version 4 of a request's header, worked out from the request as it came:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
#pragma once

#include <string>

#include "pitview/base/time.h"
#include "pitview/http/message.h"

namespace pitview::s3 {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string region;
};

// "": it is signed by these, now, for all that it says. Else the store's word for what is wrong:
// AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed, XAmzContentSHA256Mismatch …
std::string fault_of_signature(const http::Request& request, const Credentials& credentials, Timestamp now);

}  // namespace pitview::s3
