// A job as it could have been, and what poppler finds in a PDF.
#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "pitview/reports/job_document.h"

namespace pitview::reports {

inline Timestamp at(int hour, int minute) {
  return *parse_iso8601("2026-11-26T00:00:00Z") + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

inline Measure measure(double measured, double in_spec, double min, double mean, double max) {
  return {measured, measured, in_spec, min, mean, max};
}

inline Stage stage(int position, std::string name, Timestamp from, Timestamp to) {
  const double minutes = std::chrono::duration<double, std::ratio<60>>(to - from).count();
  Stage made{.position = position, .name = std::move(name), .started_at = from, .finished_at = to};
  made.temperature = {20, 26};
  made.humidity = {40, 60};
  made.dew_point_margin = {3, {}};
  made.air_quality = {{}, 150};
  made.air = {minutes,
              minutes,
              minutes - 6,
              measure(minutes, minutes, 21.2, 23.4, 25.1),
              measure(minutes, minutes - 6, 44, 52, 63),
              measure(minutes, minutes, 8.1, 9.7, 11.2),
              measure(minutes - 20, minutes - 20, 31, 62, 118)};
  return made;
}

inline JobDocument sample(const std::string& language) {
  JobDocument job{.language = language, .made_at = at(12, 0)};
  job.workshop = {"Sharma Car Care", "14 MG Road, Pune 411001", "+91 20 5550 1234", "Asia/Kolkata"};
  job.number = "042-000123";
  job.customer = language == "hi" ? "राजेश कुमार" : "Rajesh Kumar";
  job.car = "Hyundai Creta SX";
  job.plate = "MH 12 AB 1234";
  job.work = language == "hi" ? "पूरी बॉडी PPF" : "Full body PPF";
  job.pit = 2;
  job.staff = {"Amit", "Vikram"};
  job.booked_at = at(3, 0);
  job.started_at = at(4, 0);
  job.promised_at = at(10, 0);
  job.ended_at = at(10, 25);
  const std::array<const char*, 4> english = {"Wash and clay", "Surface preparation", "Film application", "Finishing"};
  const std::array<const char*, 4> hindi = {"धुलाई और क्ले", "सतह की तैयारी", "फ़िल्म लगाना", "फ़िनिशिंग"};
  const std::array<int, 5> minutes = {0, 55, 130, 330, 385};
  for (int i = 0; i < 4; ++i) {
    job.stages.push_back(
        stage(i + 1, language == "hi" ? hindi[i] : english[i], at(4, minutes[i]), at(4, minutes[i + 1])));
    job.stages.back().sentence = language == "hi" ? "आपकी गाड़ी की सतह को फ़िल्म के लिए साफ़ किया जाता है।"
                                                  : "The paint is cleaned so that nothing stays under the film.";
  }
  job.air = {385,
             385,
             361,
             measure(385, 385, 21.2, 23.4, 25.1),
             measure(385, 361, 44, 52, 63),
             measure(385, 385, 8.1, 9.7, 11.2),
             measure(305, 305, 31, 62, 118)};
  for (int minute = 0; minute <= 385; minute += 3) {
    if (minute > 200 && minute < 230) continue;
    job.curve.push_back({at(4, minute), 23 + 1.8 * std::sin(minute / 60.0), 52 + 8 * std::sin(minute / 43.0)});
  }
  job.time_changes.push_back({at(8, 0), "Amit", at(10, 0), at(10, 30), "The bonnet needed a second pass."});
  job.notes.push_back({at(7, 10), "Amit", "Small chip at the left mirror, shown to the customer.", false});
  job.notes.push_back({at(9, 0), "Vikram", "New roll of film begun.", true});
  job.stars = 5;
  job.comment = "Saw every step from my office!";
  return job;
}

inline Proof proof() {
  return {"PV-042-000123",
          1,
          at(10, 26),
          "https://pitview.example/v/Zm9vYmFyYmF6cXV4MTIzNA",
          "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          "3d4017c3e843895a"};
}

inline std::string output_of(const std::string& command) {
  std::string output;
  std::array<char, 4096> buffer{};
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), size);
  pclose(pipe);
  return output;
}

// Written where a person can look at it, as PDF and PNG: build/<preset>/documents.
class Printed {
 public:
  Printed(const std::string& name, const std::string& pdf) : path_(std::filesystem::path(PITVIEW_DOCUMENTS) / name) {
    std::filesystem::create_directories(path_.parent_path());
    std::ofstream(path_.string() + ".pdf", std::ios::binary) << pdf;
    output_of("pdftoppm -r 70 -png " + path_.string() + ".pdf " + path_.string());
  }

  std::string text() const { return output_of("pdftotext -layout " + path_.string() + ".pdf -"); }
  int pages() const {
    const std::string info = output_of("pdfinfo " + path_.string() + ".pdf");
    const std::size_t mark = info.find("Pages:");
    return mark == std::string::npos ? 0 : std::stoi(info.substr(mark + 6));
  }
  std::string info() const { return output_of("pdfinfo " + path_.string() + ".pdf"); }
  std::string fonts() const { return output_of("pdffonts " + path_.string() + ".pdf"); }
  // Of the QR code on the first page.
  std::string code() const {
    output_of("pdftoppm -r 150 -f 1 -l 1 -png " + path_.string() + ".pdf " + path_.string() + "-code");
    return output_of("zbarimg -q --raw " + path_.string() + "-code*.png 2>/dev/null");
  }

 private:
  std::filesystem::path path_;
};

}  // namespace pitview::reports
