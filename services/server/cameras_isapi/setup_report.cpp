#include "cameras_isapi/setup_report.h"

#include <algorithm>

namespace pitview::cameras_isapi {
namespace {

bool is_right(const CameraSetting& setting) { return setting.outcome == "kept" || setting.outcome == "taken"; }

// `now`: the setting as it is after all; none: the camera does not say.
std::string outcome_of(const Told& told, const Setting* now) {
  const bool to_change = !told.setting.changes.empty();
  if (now == nullptr) return to_change ? "unknown" : "kept";
  if (!to_change && now->now == told.setting.now) return "kept";
  // One change may bring another with it, which is as good if it is right.
  if (now->changes.empty() || now->now == told.setting.wanted) return "taken";
  if (!to_change) return "ignored";
  // What counts after a restart may be shown only then.
  if (told.said == Said::after_restart) return "unknown";
  return told.said == Said::no ? "refused" : "ignored";
}

std::string sentence_of(const Told& told, const CameraSetting& row) {
  const std::string by_hand = " Set it to " + row.wanted + " on the camera's own page.";
  const std::string& label = told.setting.label;
  const std::string after = row.after.value_or("");
  if (row.outcome == "kept") return label + " was right already: " + row.before + ".";
  if (row.outcome == "taken") return label + " was " + row.before + " and is " + after + " now.";
  if (row.outcome == "refused") return label + " stays " + after + ": the camera refuses " + row.wanted + "." + by_hand;
  if (row.outcome == "ignored")
    return label + " is " + after + ": the camera took the settings and did not keep to this one." + by_hand;
  if (told.said == Said::after_restart)
    return label + " will be " + row.wanted + " when the camera has been restarted.";
  return label + " was " + row.before + "; the camera was told " + row.wanted + " and does not say what it is now.";
}

}  // namespace

std::vector<CameraSetting> report_of(const std::vector<Told>& told, const std::optional<XmlValues>& after,
                                     StreamKind kind) {
  std::vector<Setting> again;
  if (after) again = read_settings(*after, kind);
  std::vector<CameraSetting> report;
  for (const Told& one : told) {
    CameraSetting row{.name = one.setting.name, .before = one.setting.now, .wanted = one.setting.wanted};
    const auto found = std::find_if(again.begin(), again.end(), [&](const Setting& s) { return s.name == row.name; });
    const Setting* now = found == again.end() ? nullptr : &*found;
    if (now != nullptr) row.after = now->now;
    row.outcome = outcome_of(one, now);
    row.sentence = sentence_of(one, row);
    report.push_back(std::move(row));
  }
  return report;
}

std::string verdict_of(const std::vector<CameraStreamSetup>& streams) {
  bool all = true;
  for (const CameraStreamSetup& stream : streams) {
    if (stream.problem || stream.restart_needed) all = false;
    for (const CameraSetting& setting : stream.settings) {
      if (is_right(setting)) continue;
      all = false;
      if (stream.stream == "main" && (setting.name == "codec" || setting.name == "stream")) return "fail";
    }
  }
  return all ? "pass" : "warn";
}

}  // namespace pitview::cameras_isapi
