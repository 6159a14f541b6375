// A job on paper: A4, as PDF, in English or Hindi. What it is drawn from is plain values; nothing here asks anybody.
//
// Pure apart from the fonts of the machine; any thread, several at once. std::runtime_error when cairo fails (memory).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pitview/base/time.h"

namespace pitview::reports {

struct Workshop {
  std::string name;
  std::string address;   // lines; ""
  std::string phone;     // ""
  std::string timezone;  // IANA; what is not known is UTC
};

// What is asked of the air; empty: it is not judged.
struct Band {
  std::optional<double> min;
  std::optional<double> max;
};

// Minutes are those of readings: what was not measured is in none of them.
struct Measure {
  double measured_minutes = 0;
  double judged_minutes = 0;   // of these, where there was a band
  double in_spec_minutes = 0;  // of these, within it
  std::optional<double> min;
  std::optional<double> mean;
  std::optional<double> max;
};

struct Air {
  double measured_minutes = 0;
  double judged_minutes = 0;
  double in_spec_minutes = 0;  // with nothing outside of its band
  Measure temperature;         // °C
  Measure humidity;            // %RH
  Measure dew_point_margin;    // K
  Measure air_quality;         // VOC index, where the sensor trusted it
};

struct Stage {
  int position = 0;
  std::string name;
  std::string sentence;  // what was told of it; ""
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
  Band temperature;
  Band humidity;
  Band dew_point_margin;
  Band air_quality;
  Air air;
};

struct AirPoint {
  Timestamp at{};
  std::optional<double> temperature;
  std::optional<double> humidity;
};

struct Photo {
  std::string bytes;  // JPEG, PNG or WebP
  std::string content_type;
  std::string caption;  // ""
  Timestamp taken_at{};
  int width = 0;  // of what fit_for_paper() made
  int height = 0;
};

struct Note {
  Timestamp at{};
  std::string author;
  std::string text;
  bool is_internal = false;
};

struct TimeChange {
  Timestamp at{};
  std::string by;  // "": nobody, the work went on after a hold
  Timestamp end_before{};
  Timestamp end_after{};
  std::string reason;
};

struct JobDocument {
  std::string language;  // en, hi
  Timestamp made_at{};
  Workshop workshop;
  std::string number;  // "042-000123"
  std::string customer;
  std::string car;
  std::string plate;
  std::string work;
  int pit = 0;
  std::vector<std::string> staff;
  std::optional<Timestamp> booked_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> promised_at;  // the first promise: the start and how long it was to take
  std::optional<Timestamp> ended_at;
  std::vector<Stage> stages;
  Air air;                   // of all stages together
  bool air_is_final = true;  // false: readings that come late may still add to it
  std::vector<AirPoint> curve;
  std::vector<Note> notes;
  std::vector<TimeChange> time_changes;
  std::optional<int> stars;  // 1 to 5
  std::string comment;
  std::vector<Photo> photos;
  int photos_left_out = 0;
};

// How somebody else can check a certificate.
struct Proof {
  std::string number;  // "PV-042-000123"
  int version = 1;
  Timestamp issued_at{};
  std::string verify_url;   // in the QR code
  std::string fingerprint;  // SHA-256 of the signed text, in hexadecimal
  std::string key_id;
};

// A photograph as a JPEG that is no larger than a printer shows it, turned the right way up: a tenth of a megabyte,
// where it had eight. Empty: it is damaged, or of another kind. What is drawn without it is fitted while it is drawn.
std::optional<Photo> fit_for_paper(Photo photo);

// For the owner: everything.
std::string draw_job_report(const JobDocument& job);
// For the customer: what was done, and how. The caller leaves out what is not meant for them.
std::string draw_job_summary(const JobDocument& job);
// For whoever has the car: in which air the film was laid.
std::string draw_certificate(const JobDocument& job, const Proof& proof);

}  // namespace pitview::reports
