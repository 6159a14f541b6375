// Rows for COPY … FROM STDIN (FORMAT binary), built in memory.
// https://www.postgresql.org/docs/15/sql-copy.html ("Binary Format")
//
//   BinaryCopy rows(3);
//   rows.row().int8(device.value).timestamptz(measured_at).float4(24.5F);
//   co_await tx.copy_in("COPY readings_staging (a, b, c) FROM STDIN (FORMAT binary)", rows);
//
// The types must be exactly those of the table's columns: the server does not
// convert in this format. A row with too few or too many fields is a
// std::logic_error, at the next row() or at data(). One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview::postgres {

class BinaryCopy {
 public:
  // `columns`: fields in every row.
  explicit BinaryCopy(std::int16_t columns);

  BinaryCopy& row();  // begins the next row

  BinaryCopy& int8(std::int64_t value);
  BinaryCopy& int4(std::int32_t value);
  BinaryCopy& int2(std::int16_t value);
  BinaryCopy& float4(float value);
  BinaryCopy& float8(double value);
  BinaryCopy& boolean(bool value);
  BinaryCopy& text(std::string_view value);  // UTF-8 without NUL, or the server refuses the batch
  BinaryCopy& timestamptz(Timestamp value);
  BinaryCopy& null();

  // The same, or null() when empty.
  BinaryCopy& float4(std::optional<float> value) { return value ? float4(*value) : null(); }
  BinaryCopy& int2(std::optional<std::int16_t> value) { return value ? int2(*value) : null(); }

  std::size_t rows() const noexcept { return rows_; }
  std::size_t bytes() const noexcept { return data_.size(); }

  // Everything but the trailer, which copy_in() adds.
  std::string_view data() const;

  // Drops the rows and keeps the memory.
  void clear();

 private:
  template <class Unsigned>
  void append(Unsigned value);
  void check_row() const;

  std::string data_;
  std::size_t rows_ = 0;
  std::int16_t columns_;
  std::int16_t fields_;  // of the row being written
};

}  // namespace pitview::postgres
