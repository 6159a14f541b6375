// The one text of a JSON value (RFC 8785, JCS): what is signed, so that anybody who has the value can make the same
// bytes again.
#pragma once

#include <string>

#include "pitview/json/document.h"

namespace pitview::json {

// Names in the order of their UTF-16 units, no white space, numbers as ECMAScript writes them.
std::string canonical(View value);

}  // namespace pitview::json
