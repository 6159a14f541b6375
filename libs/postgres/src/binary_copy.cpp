#include "pitview/postgres/binary_copy.h"

#include <bit>
#include <stdexcept>

#include "big_endian.h"

namespace pitview::postgres {
namespace {

constexpr std::size_t kHeaderSize = 19;

void append_header(std::string& out) {
  out.append("PGCOPY\n\377\r\n\0", 11);
  append_big_endian(out, std::uint32_t{0});  // flags
  append_big_endian(out, std::uint32_t{0});  // length of the header's extension
}

}  // namespace

BinaryCopy::BinaryCopy(std::int16_t columns) : columns_(columns), fields_(columns) { append_header(data_); }

BinaryCopy& BinaryCopy::row() {
  check_row();
  append_big_endian(data_, static_cast<std::uint16_t>(columns_));
  ++rows_;
  fields_ = 0;
  return *this;
}

template <class Unsigned>
void BinaryCopy::append(Unsigned value) {
  append_big_endian(data_, static_cast<std::uint32_t>(sizeof(Unsigned)));
  append_big_endian(data_, value);
  ++fields_;
}

BinaryCopy& BinaryCopy::int8(std::int64_t value) {
  append(static_cast<std::uint64_t>(value));
  return *this;
}

BinaryCopy& BinaryCopy::int4(std::int32_t value) {
  append(static_cast<std::uint32_t>(value));
  return *this;
}

BinaryCopy& BinaryCopy::int2(std::int16_t value) {
  append(static_cast<std::uint16_t>(value));
  return *this;
}

BinaryCopy& BinaryCopy::float4(float value) {
  append(std::bit_cast<std::uint32_t>(value));
  return *this;
}

BinaryCopy& BinaryCopy::float8(double value) {
  append(std::bit_cast<std::uint64_t>(value));
  return *this;
}

BinaryCopy& BinaryCopy::boolean(bool value) {
  append(static_cast<std::uint8_t>(value ? 1 : 0));
  return *this;
}

BinaryCopy& BinaryCopy::text(std::string_view value) {
  append_big_endian(data_, static_cast<std::uint32_t>(value.size()));
  data_ += value;
  ++fields_;
  return *this;
}

BinaryCopy& BinaryCopy::timestamptz(Timestamp value) {
  append(static_cast<std::uint64_t>(value.time_since_epoch().count() - kPostgresEpochUs));
  return *this;
}

BinaryCopy& BinaryCopy::null() {
  append_big_endian(data_, std::uint32_t{0xFFFFFFFF});
  ++fields_;
  return *this;
}

std::string_view BinaryCopy::data() const {
  check_row();
  return data_;
}

void BinaryCopy::clear() {
  data_.resize(kHeaderSize);
  rows_ = 0;
  fields_ = columns_;
}

void BinaryCopy::check_row() const {
  if (fields_ != columns_) {
    throw std::logic_error("a COPY row has " + std::to_string(fields_) + " fields instead of " +
                           std::to_string(columns_));
  }
}

}  // namespace pitview::postgres
