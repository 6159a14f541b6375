#include "core/base/time_text.h"

namespace pitview::fw {
namespace {

constexpr std::uint32_t kDaySeconds = 86'400;

// Days since 1970-01-01 of the proleptic Gregorian calendar. The year is taken to
// begin in March, which puts the leap day at its end
// (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
constexpr std::uint32_t days_from_civil(std::uint32_t year, std::uint32_t month, std::uint32_t day) {
  const std::uint32_t y = month <= 2 ? year - 1 : year;
  const std::uint32_t era = y / 400;
  const std::uint32_t year_of_era = y % 400;
  const std::uint32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Civil {
  std::uint32_t year, month, day;
};

constexpr Civil civil_from_days(std::uint32_t days) {
  const std::uint32_t z = days + 719'468;
  const std::uint32_t era = z / 146'097;
  const std::uint32_t day_of_era = z % 146'097;
  const std::uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

void append_padded(TextWriter& out, std::uint32_t value, std::uint32_t highest_digit) {
  for (; highest_digit != 0; highest_digit /= 10) out << static_cast<char>('0' + value / highest_digit % 10);
}

std::optional<std::uint32_t> digits(std::string_view text) {
  std::uint32_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

std::uint32_t days_in_month(std::uint32_t year, std::uint32_t month) {
  static constexpr std::uint8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

void append_time(TextWriter& out, std::uint32_t unix_s) {
  const Civil date = civil_from_days(unix_s / kDaySeconds);
  const std::uint32_t second = unix_s % kDaySeconds;
  append_padded(out, date.year, 1000);
  append_padded(out << '-', date.month, 10);
  append_padded(out << '-', date.day, 10);
  append_padded(out << 'T', second / 3600, 10);
  append_padded(out << ':', second / 60 % 60, 10);
  append_padded(out << ':', second % 60, 10);
  out << 'Z';
}

std::optional<std::uint32_t> parse_time(std::string_view text) {
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  const auto hour = digits(text.substr(11, 2));
  const auto minute = digits(text.substr(14, 2));
  const auto second = digits(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*year < 1970 || *year > 2105 || *month < 1 || *month > 12 || *day < 1 || *day > days_in_month(*year, *month) ||
      *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return days_from_civil(*year, *month, *day) * kDaySeconds + *hour * 3600 + *minute * 60 + *second;
}

}  // namespace pitview::fw
