#include "pitview/postgres/rows.h"

#include <arpa/inet.h>
#include <libpq-fe.h>

#include <bit>
#include <stdexcept>

#include "answer.h"
#include "big_endian.h"

namespace pitview::postgres {
namespace {

// pg_type.dat of PostgreSQL; these numbers never change.
enum Type : std::uint32_t {
  kBool = 16,
  kBytea = 17,
  kName = 19,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kJson = 114,
  kFloat4 = 700,
  kFloat8 = 701,
  kUnknown = 705,
  kInet = 869,
  kInt2Array = 1005,
  kInt4Array = 1007,
  kTextArray = 1009,
  kVarcharArray = 1015,
  kInt8Array = 1016,
  kBpchar = 1042,
  kVarchar = 1043,
  kTimestamptz = 1184,
  kJsonb = 3802,
};

[[noreturn]] void wrong(const detail::Cell& cell, std::string_view wanted) {
  throw std::logic_error("column " + std::string(cell.column) + " (type " + std::to_string(cell.type) +
                         ") cannot be read as " + std::string(wanted));
}

void refuse_null(const detail::Cell& cell) {
  if (cell.null) throw std::logic_error("column " + std::string(cell.column) + " is NULL");
}

void need_bytes(const detail::Cell& cell, std::size_t size) {
  if (cell.bytes.size() != size) wrong(cell, "a value of " + std::to_string(size) + " bytes");
}

std::int64_t integer_of(const detail::Cell& cell, std::uint32_t type, std::string_view bytes) {
  const std::size_t size = type == kInt2 ? 2 : type == kInt4 ? 4 : 8;
  if (bytes.size() != size) wrong(cell, "an integer");
  if (type == kInt2) return static_cast<std::int16_t>(read_big_endian<std::uint16_t>(bytes));
  if (type == kInt4) return static_cast<std::int32_t>(read_big_endian<std::uint32_t>(bytes));
  return static_cast<std::int64_t>(read_big_endian<std::uint64_t>(bytes));
}

// array_send(): dimensions, has-nulls, element type, then per dimension size and
// lower bound, then each element with its length (-1 = NULL).
template <class Each>
void each_element(const detail::Cell& cell, Each each) {
  std::string_view rest = cell.bytes;
  const auto next = [&] {
    if (rest.size() < 4) wrong(cell, "an array");
    const auto value = static_cast<std::int32_t>(read_big_endian<std::uint32_t>(rest));
    rest.remove_prefix(4);
    return value;
  };
  const std::int32_t dimensions = next();
  next();
  const auto type = static_cast<std::uint32_t>(next());
  if (dimensions == 0) return;
  if (dimensions != 1) wrong(cell, "an array of one dimension");
  const std::int32_t count = next();
  next();
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int32_t size = next();
    if (size < 0) wrong(cell, "an array without NULL");
    if (rest.size() < static_cast<std::size_t>(size)) wrong(cell, "an array");
    each(type, rest.substr(0, static_cast<std::size_t>(size)));
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
}

// inet_send(): family (2 = v4, 3 = v6), bits, is_cidr, size, address.
std::string inet_text(const detail::Cell& cell) {
  if (cell.bytes.size() < 8) wrong(cell, "an address");
  const bool v4 = cell.bytes[0] == 2;
  const auto bits = static_cast<unsigned char>(cell.bytes[1]);
  const std::string_view address = cell.bytes.substr(4);
  if (address.size() != (v4 ? 4U : 16U)) wrong(cell, "an address");
  char text[INET6_ADDRSTRLEN];
  if (::inet_ntop(v4 ? AF_INET : AF_INET6, address.data(), text, sizeof text) == nullptr) wrong(cell, "an address");
  return bits == (v4 ? 32 : 128) ? std::string(text) : std::string(text) + "/" + std::to_string(bits);
}

}  // namespace

namespace detail {

void decode(const Cell& cell, bool& out) {
  refuse_null(cell);
  if (cell.type != kBool) wrong(cell, "bool");
  need_bytes(cell, 1);
  out = cell.bytes[0] != 0;
}

void decode(const Cell& cell, int& out) {
  refuse_null(cell);
  if (cell.type != kInt2 && cell.type != kInt4) wrong(cell, "int");
  out = static_cast<int>(integer_of(cell, cell.type, cell.bytes));
}

void decode(const Cell& cell, std::int64_t& out) {
  refuse_null(cell);
  if (cell.type != kInt2 && cell.type != kInt4 && cell.type != kInt8) wrong(cell, "int64");
  out = integer_of(cell, cell.type, cell.bytes);
}

void decode(const Cell& cell, double& out) {
  refuse_null(cell);
  if (cell.type == kFloat4) {
    need_bytes(cell, 4);
    out = static_cast<double>(std::bit_cast<float>(read_big_endian<std::uint32_t>(cell.bytes)));
  } else if (cell.type == kFloat8) {
    need_bytes(cell, 8);
    out = std::bit_cast<double>(read_big_endian<std::uint64_t>(cell.bytes));
  } else {
    wrong(cell, "double");
  }
}

void decode(const Cell& cell, std::string& out) {
  refuse_null(cell);
  switch (cell.type) {
    case kText:
    case kVarchar:
    case kBpchar:
    case kName:
    case kJson:
    case kUnknown: out = cell.bytes; return;
    case kJsonb:
      // One byte with the format's version, 1, then the text.
      if (cell.bytes.empty() || cell.bytes[0] != 1) wrong(cell, "jsonb version 1");
      out = cell.bytes.substr(1);
      return;
    case kInet: out = inet_text(cell); return;
    default: wrong(cell, "text");
  }
}

void decode(const Cell& cell, Timestamp& out) {
  refuse_null(cell);
  if (cell.type != kTimestamptz) wrong(cell, "Timestamp");
  need_bytes(cell, 8);
  const auto us = static_cast<std::int64_t>(read_big_endian<std::uint64_t>(cell.bytes));
  if (us == INT64_MAX || us == INT64_MIN) wrong(cell, "Timestamp (it is infinite)");
  out = Timestamp(std::chrono::microseconds(us + kPostgresEpochUs));
}

void decode(const Cell& cell, Bytes& out) {
  refuse_null(cell);
  if (cell.type != kBytea) wrong(cell, "Bytes");
  out.data = cell.bytes;
}

void decode(const Cell& cell, std::vector<std::int64_t>& out) {
  refuse_null(cell);
  if (cell.type != kInt2Array && cell.type != kInt4Array && cell.type != kInt8Array) wrong(cell, "int64 array");
  out.clear();
  each_element(cell, [&](std::uint32_t type, std::string_view bytes) { out.push_back(integer_of(cell, type, bytes)); });
}

void decode(const Cell& cell, std::vector<std::string>& out) {
  refuse_null(cell);
  if (cell.type != kTextArray && cell.type != kVarcharArray) wrong(cell, "text array");
  out.clear();
  each_element(cell, [&](std::uint32_t, std::string_view bytes) { out.emplace_back(bytes); });
}

}  // namespace detail

detail::Cell Row::cell(int column) const {
  const PGresult* result = answer_->get();
  if (column < 0 || column >= PQnfields(result)) {
    throw std::logic_error("the answer has no column " + std::to_string(column));
  }
  return {.bytes = {PQgetvalue(result, index_, column), static_cast<std::size_t>(PQgetlength(result, index_, column))},
          .null = PQgetisnull(result, index_, column) != 0,
          .type = PQftype(result, column),
          .column = PQfname(result, column)};
}

detail::Cell Row::cell(std::string_view column) const {
  const PGresult* result = answer_->get();
  const int columns = PQnfields(result);
  for (int i = 0; i < columns; ++i) {
    if (column == PQfname(result, i)) return cell(i);
  }
  throw std::logic_error("the answer has no column " + std::string(column));
}

Rows::Rows(std::shared_ptr<const Answer> answer) : answer_(std::move(answer)), size_(PQntuples(answer_->get())) {}

Row Rows::operator[](int index) const {
  if (index < 0 || index >= size_) throw std::logic_error("the answer has no row " + std::to_string(index));
  return Row(answer_, index);
}

std::optional<Row> Rows::first() const {
  if (size_ == 0) return std::nullopt;
  return Row(answer_, 0);
}

}  // namespace pitview::postgres
