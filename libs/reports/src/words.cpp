#include "words.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace pitview::reports {
namespace {

constexpr Words kEnglish{
    .is_hindi = false,
    .report = "Job report",
    .summary = "Job summary",
    .certificate = "Install conditions certificate",
    .page = "Page {} of {}",
    .customer = "Customer",
    .car = "Car",
    .plate = "Registration",
    .work = "Work",
    .pit = "Pit",
    .staff = "Worked on by",
    .booked = "Booked",
    .started = "Started",
    .promised = "First promise",
    .ended = "Finished",
    .took = "Took",
    .on_time = "on time",
    .late_by = "{} late",
    .early_by = "{} early",
    .stages = "Stages",
    .stage = "Stage",
    .time = "Time",
    .duration = "Duration",
    .air = "The air while it was done",
    .in_spec = "within spec",
    .of_measured = "of the time that was measured and judged",
    .measured_of = "{} measured of {} of work",
    .temperature = "Temperature",
    .humidity = "Humidity",
    .dew_point_margin = "Dew-point margin",
    .air_quality = "Air quality (VOC)",
    .asked = "asked for",
    .mean = "mean",
    .range = "least to greatest",
    .not_measured = "not measured",
    .not_judged = "no limit set",
    .minutes_in_spec = "Minutes within spec, of those measured and judged",
    .time_changes = "How the promise moved",
    .when = "When",
    .from = "From",
    .to = "To",
    .reason = "Reason",
    .by = "By",
    .after_hold = "went on after a hold",
    .notes = "Notes",
    .internal = "internal",
    .photos = "Photographs",
    .more_photos = "{} more are in PitView.",
    .rating = "What the customer said",
    .what_was_done = "What was done",
    .contact = "Questions? Call us",
    .issued = "Issued",
    .version = "version",
    .scan = "Is this genuine?",
    .scan_why = "Scan the code. The page that opens shows what was signed: compare it with this paper.",
    .fingerprint = "Fingerprint (SHA-256)",
    .key = "Signed with Ed25519, key",
    .trust = "Air quality counts only while the sensor trusted its own reading: {} of {} of work.",
    .not_final = "Readings that arrive late may still add to these figures, for three days after the end.",
    .nothing_measured = "Nothing was measured while this job was done.",
    .at_most = "at most",
    .at_least = "at least",
};

constexpr Words kHindi{
    .is_hindi = true,
    .report = "काम की रिपोर्ट",
    .summary = "काम का सारांश",
    .certificate = "फ़िल्म लगाने की परिस्थितियों का प्रमाणपत्र",
    .page = "पृष्ठ {} / {}",
    .customer = "ग्राहक",
    .car = "गाड़ी",
    .plate = "पंजीकरण",
    .work = "काम",
    .pit = "पिट",
    .staff = "काम करने वाले",
    .booked = "बुकिंग",
    .started = "शुरू",
    .promised = "पहला वादा",
    .ended = "पूरा",
    .took = "समय लगा",
    .on_time = "समय पर",
    .late_by = "{} देर से",
    .early_by = "{} पहले",
    .stages = "चरण",
    .stage = "चरण",
    .time = "समय",
    .duration = "अवधि",
    .air = "काम के दौरान हवा",
    .in_spec = "मानक के भीतर",
    .of_measured = "मापे और परखे गए समय में से",
    .measured_of = "{} मापा गया, काम {} का था",
    .temperature = "तापमान",
    .humidity = "नमी",
    .dew_point_margin = "ओस बिंदु से अंतर",
    .air_quality = "हवा की गुणवत्ता (VOC)",
    .asked = "चाहिए",
    .mean = "औसत",
    .range = "न्यूनतम से अधिकतम",
    .not_measured = "मापा नहीं गया",
    .not_judged = "कोई सीमा नहीं",
    .minutes_in_spec = "मानक के भीतर के मिनट, मापे और परखे गए मिनटों में से",
    .time_changes = "समय कैसे बदला",
    .when = "कब",
    .from = "पहले",
    .to = "नया",
    .reason = "कारण",
    .by = "किसने",
    .after_hold = "रुकने के बाद फिर शुरू",
    .notes = "टिप्पणियाँ",
    .internal = "आंतरिक",
    .photos = "तस्वीरें",
    .more_photos = "{} और तस्वीरें PitView में हैं।",
    .rating = "ग्राहक ने क्या कहा",
    .what_was_done = "क्या किया गया",
    .contact = "कोई सवाल? हमें फ़ोन करें",
    .issued = "जारी",
    .version = "संस्करण",
    .scan = "क्या यह असली है?",
    .scan_why = "कोड स्कैन करें। खुलने वाला पृष्ठ बताता है कि किस पर हस्ताक्षर हुए: उसे इस काग़ज़ से मिलाएँ।",
    .fingerprint = "फ़िंगरप्रिंट (SHA-256)",
    .key = "Ed25519 से हस्ताक्षरित, कुंजी",
    .trust = "हवा की गुणवत्ता तभी गिनी जाती है जब सेंसर को अपने माप पर भरोसा था: {}, काम {} का था।",
    .not_final = "काम पूरा होने के तीन दिन बाद तक देर से आने वाले माप इन आँकड़ों में जुड़ सकते हैं।",
    .nothing_measured = "इस काम के दौरान कुछ मापा नहीं गया।",
    .at_most = "अधिकतम",
    .at_least = "कम से कम",
};

constexpr std::array kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                "July",    "August",   "September", "October", "November", "December"};
constexpr std::array kHindiMonths = {"जनवरी", "फ़रवरी", "मार्च",  "अप्रैल",  "मई",   "जून",
                                     "जुलाई",  "अगस्त",  "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"};

}  // namespace

const Words& words_of(const std::string& language) { return language == "hi" ? kHindi : kEnglish; }

std::string fill_in(const char* pattern, const std::string& first, const std::string& second) {
  std::string text = pattern;
  std::size_t from = 0;
  for (const std::string& value : {first, second}) {
    const std::size_t at = text.find("{}", from);
    if (at == std::string::npos) break;
    text.replace(at, 2, value);
    from = at + value.size();
  }
  return text;
}

Dates::Dates(const std::string& timezone, const Words& words)
    : zone_(g_time_zone_new_identifier(timezone.c_str()),
            [](GTimeZone* zone) {
              if (zone != nullptr) g_time_zone_unref(zone);
            }),
      words_(words) {}

std::unique_ptr<GDateTime, void (*)(GDateTime*)> Dates::local(Timestamp t) const {
  GDateTime* utc = g_date_time_new_from_unix_utc(to_milliseconds(t) / 1000);
  if (zone_ == nullptr) return {utc, &g_date_time_unref};
  GDateTime* there = g_date_time_to_timezone(utc, zone_.get());
  g_date_time_unref(utc);
  return {there, &g_date_time_unref};
}

std::string Dates::date(Timestamp t) const {
  const auto at = local(t);
  const auto month = static_cast<std::size_t>(g_date_time_get_month(at.get()) - 1);
  return std::to_string(g_date_time_get_day_of_month(at.get())) + " " +
         (words_.is_hindi ? kHindiMonths[month] : kMonths[month]) + " " +
         std::to_string(g_date_time_get_year(at.get()));
}

std::string Dates::time(Timestamp t) const {
  const auto at = local(t);
  const int hour = g_date_time_get_hour(at.get());
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%d:%02d %s", hour % 12 == 0 ? 12 : hour % 12,
                g_date_time_get_minute(at.get()), hour < 12 ? "AM" : "PM");
  return text.data();
}

std::string Dates::moment(Timestamp t) const {
  const auto at = local(t);
  const auto month = static_cast<std::size_t>(g_date_time_get_month(at.get()) - 1);
  const std::string name = words_.is_hindi ? kHindiMonths[month] : std::string(kMonths[month]).substr(0, 3);
  return std::to_string(g_date_time_get_day_of_month(at.get())) + " " + name + ", " + time(t);
}

std::string Dates::span(Timestamp from, std::optional<Timestamp> to) const {
  if (!to) return moment(from) + " –";
  return date(from) == date(*to) ? time(from) + " – " + time(*to) : moment(from) + " – " + moment(*to);
}

std::string Dates::duration(double minutes) const {
  const auto whole = static_cast<long>(std::llround(std::max(0.0, minutes)));
  const char* hours = words_.is_hindi ? " घं" : " h";
  const char* rest = words_.is_hindi ? " मि" : " min";
  if (whole < 60) return std::to_string(whole) + rest;
  return std::to_string(whole / 60) + hours + (whole % 60 == 0 ? "" : " " + std::to_string(whole % 60) + rest);
}

std::string number(double value, int decimals) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return std::string_view(text.data()).find_first_not_of("-0.") == std::string_view::npos && text[0] == '-'
             ? text.data() + 1
             : text.data();
}

// Rounded down: 100 % is all of it.
std::string percent(double part, double whole) {
  if (whole <= 0) return "–";
  return std::to_string(static_cast<int>(std::floor(std::min(1.0, part / whole) * 100 + 1e-9))) + " %";
}

}  // namespace pitview::reports
