// A table as CSV (RFC 4180) that a spreadsheet opens with a double click. Pure.
//
//   CsvWriter csv;
//   csv.text(job.customer_name).ours("in_progress").number(job.minutes).end_row();
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pitview::exports {

class CsvWriter {
 public:
  // At the beginning of a file: without it Excel takes UTF-8 for the code page of the machine.
  void byte_order_mark() { out_.append("\xEF\xBB\xBF"); }
  // What people wrote. A spreadsheet would compute what begins like a formula, and a customer
  // may be called =HYPERLINK(…): such a cell gets an apostrophe, which makes it text again.
  CsvWriter& text(std::string_view value);
  // Our own words, such as a status or a time: as they are.
  CsvWriter& ours(std::string_view value);
  // Without a value the cell is empty.
  CsvWriter& number(std::optional<std::int64_t> value);
  // With two decimals at most, which is more than a sensor knows.
  CsvWriter& measure(std::optional<double> value);
  CsvWriter& empty() { return ours({}); }
  void end_row();

  // Bytes written since the last take().
  std::size_t size() const noexcept { return out_.size(); }
  std::string take();

 private:
  void begin_cell();

  std::string out_;
  bool in_row_ = false;
};

}  // namespace pitview::exports
