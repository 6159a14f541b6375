// What a customer is asked to agree to (checklist G07): the texts of a workshop
// by version, and who agreed to what, when and from where.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::customers {

using ConsentId = StrongId<struct ConsentTag>;

BOOST_DEFINE_ENUM_CLASS(ConsentSubject, live_video, recording, messages)

// By whom it was recorded: the customer on the page, or staff at the booking.
BOOST_DEFINE_ENUM_CLASS(ConsentSource, customer, staff)

struct ConsentText {
  int version = 0;
  std::string live_video;
  std::string recording;
  std::string messages;
  std::optional<Timestamp> created_at;  // null: the product's text, which nobody has answered yet
};
BOOST_DESCRIBE_STRUCT(ConsentText, (), (version, live_video, recording, messages, created_at))

const std::string& text_of(const ConsentText& text, ConsentSubject subject);

// The text every workshop begins with, as its version 1.
ConsentText default_consent_text();

// What follows when this is withdrawn, as customers read it.
std::string effect_of_withdrawal(ConsentSubject subject);

// Where a customer stands in one of the subjects.
struct ConsentItem {
  ConsentSubject subject = ConsentSubject::live_video;
  std::string text;  // of the present version
  std::string effect_of_withdrawal;
  std::optional<bool> given;        // null: not asked yet
  std::optional<int> text_version;  // that was answered
  std::optional<Timestamp> recorded_at;
};
BOOST_DESCRIBE_STRUCT(ConsentItem, (), (subject, text, effect_of_withdrawal, given, text_version, recorded_at))

struct ConsentState {
  int text_version = 0;  // the present one
  std::vector<ConsentItem> consents;
};
BOOST_DESCRIBE_STRUCT(ConsentState, (), (text_version, consents))

// One line of the history.
struct ConsentEntry {
  ConsentId id;
  ConsentSubject subject = ConsentSubject::live_video;
  bool given = false;
  int text_version = 0;
  ConsentSource source = ConsentSource::customer;
  std::optional<JobId> job_id;  // at whose booking staff recorded it
  Timestamp recorded_at;
  std::optional<std::string> ip;
};
BOOST_DESCRIBE_STRUCT(ConsentEntry, (), (id, subject, given, text_version, source, job_id, recorded_at, ip))

// What is said now; empty: nothing about that subject.
struct ConsentChoice {
  std::optional<bool> live_video;
  std::optional<bool> recording;
  std::optional<bool> messages;

  bool empty() const { return !live_video && !recording && !messages; }
};
BOOST_DESCRIBE_STRUCT(ConsentChoice, (), (live_video, recording, messages))

std::optional<bool> choice_of(const ConsentChoice& choice, ConsentSubject subject);

}  // namespace pitview::customers
