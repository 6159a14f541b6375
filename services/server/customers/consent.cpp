#include "customers/consent.h"

namespace pitview::customers {

const std::string& text_of(const ConsentText& text, ConsentSubject subject) {
  switch (subject) {
    case ConsentSubject::live_video: return text.live_video;
    case ConsentSubject::recording: return text.recording;
    case ConsentSubject::messages: return text.messages;
  }
  return text.live_video;
}

ConsentText default_consent_text() {
  return {.version = 1,
          .live_video =
              "While my car is being worked on, I may watch the camera of its bay through my personal access. The "
              "picture shows the bay and the people who work there; I do not pass it on.",
          .recording =
              "The camera of the bay may be recorded while my car is being worked on. The workshop keeps the "
              "recording for a limited time, to settle questions about the work, and then deletes it.",
          .messages =
              "The workshop may send me messages about this car by WhatsApp, SMS or e-mail: when the work begins, "
              "shortly before it ends, when it is done, and when the time changes. No advertising."};
}

std::string effect_of_withdrawal(ConsentSubject subject) {
  switch (subject) {
    case ConsentSubject::live_video:
      return "You no longer see the camera of the bay. The state of the work, the time and the air in the bay stay "
             "visible to you, and the work goes on.";
    case ConsentSubject::recording:
      return "Nothing more is recorded of your car from now on. What was recorded before is deleted when its time is "
             "over.";
    case ConsentSubject::messages: return "You get no more messages about your car. You find everything on this page.";
  }
  return {};
}

std::optional<bool> choice_of(const ConsentChoice& choice, ConsentSubject subject) {
  switch (subject) {
    case ConsentSubject::live_video: return choice.live_video;
    case ConsentSubject::recording: return choice.recording;
    case ConsentSubject::messages: return choice.messages;
  }
  return std::nullopt;
}

}  // namespace pitview::customers
