// Where Twilio posts receipts and what people write to us.
#pragma once

#include "api/endpoint.h"
#include "auth/authenticator.h"
#include "messages/twilio_webhooks.h"

namespace pitview::messages {

void add_twilio_endpoints(api::Api& api, TwilioWebhooks& webhooks, auth::Authenticator& authenticator);

}  // namespace pitview::messages
