// The words of the documents, and how each language writes times, numbers and spans.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <glib.h>

#include "pitview/base/time.h"

namespace pitview::reports {

struct Words {
  bool is_hindi;
  const char* report;
  const char* summary;
  const char* certificate;
  const char* page;  // "{}" of "{}"
  const char* customer;
  const char* car;
  const char* plate;
  const char* work;
  const char* pit;
  const char* staff;
  const char* booked;
  const char* started;
  const char* promised;
  const char* ended;
  const char* took;
  const char* on_time;
  const char* late_by;
  const char* early_by;
  const char* stages;
  const char* stage;
  const char* time;
  const char* duration;
  const char* air;
  const char* in_spec;
  const char* of_measured;
  const char* measured_of;
  const char* temperature;
  const char* humidity;
  const char* dew_point_margin;
  const char* air_quality;
  const char* asked;
  const char* mean;
  const char* range;
  const char* not_measured;
  const char* not_judged;
  const char* minutes_in_spec;
  const char* time_changes;
  const char* when;
  const char* from;
  const char* to;
  const char* reason;
  const char* by;
  const char* after_hold;
  const char* notes;
  const char* internal;
  const char* photos;
  const char* more_photos;
  const char* rating;
  const char* what_was_done;
  const char* contact;
  const char* issued;
  const char* version;
  const char* scan;
  const char* scan_why;
  const char* fingerprint;
  const char* key;
  const char* trust;
  const char* not_final;
  const char* nothing_measured;
  const char* at_most;
  const char* at_least;
};

const Words& words_of(const std::string& language);

// "{}" replaced in turn.
std::string fill_in(const char* pattern, const std::string& first, const std::string& second = "");

// Times as they are read where the workshop is.
class Dates {
 public:
  Dates(const std::string& timezone, const Words& words);

  std::string date(Timestamp t) const;                                  // "27 November 2026"
  std::string time(Timestamp t) const;                                  // "5:30 PM"
  std::string moment(Timestamp t) const;                                // "27 Nov, 5:30 PM"
  std::string span(Timestamp from, std::optional<Timestamp> to) const;  // "9:30 AM – 5:30 PM"
  std::string duration(double minutes) const;                           // "6 h 12 min"

 private:
  std::unique_ptr<GDateTime, void (*)(GDateTime*)> local(Timestamp t) const;

  const std::unique_ptr<GTimeZone, void (*)(GTimeZone*)> zone_;
  const Words& words_;
};

std::string number(double value, int decimals);
std::string percent(double part, double whole);  // "96 %"; of nothing: "–"

}  // namespace pitview::reports
