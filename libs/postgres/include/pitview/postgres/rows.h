// The answer of a query.
//
//   for (const Row& row : co_await tx.query(kPits)) use(row.get<PitId>("id"), row.get<std::string>(1));
//
// get<T>() takes bool, int, std::int64_t, double, std::string, Timestamp, Bytes,
// StrongId, std::vector of int64, StrongId or text, and std::optional of these.
// A column of another type, a NULL without std::optional or an unknown name is a
// mistake in the program: std::logic_error with the column's name. int reads
// int2 and int4; std::int64_t and StrongId also int8; double reads float4 and
// float8; std::string reads text, varchar, json, jsonb and inet. Anything else
// (numeric, date, interval) is cast in the SQL.
//
// Rows and Row are cheap to copy and share the answer. Any thread, one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"
#include "pitview/postgres/params.h"

namespace pitview::postgres {

class Answer;  // the libpq result (src/answer.h)

namespace detail {

// One value as it came, in binary format.
struct Cell {
  std::string_view bytes;
  bool null = false;
  std::uint32_t type = 0;  // OID in pg_type
  const char* column = "";
};

void decode(const Cell& cell, bool& out);
void decode(const Cell& cell, int& out);
void decode(const Cell& cell, std::int64_t& out);
void decode(const Cell& cell, double& out);
void decode(const Cell& cell, std::string& out);
void decode(const Cell& cell, Timestamp& out);
void decode(const Cell& cell, Bytes& out);
void decode(const Cell& cell, std::vector<std::int64_t>& out);
void decode(const Cell& cell, std::vector<std::string>& out);

template <class T>
struct Decoder {
  static T read(const Cell& cell) {
    T value{};
    decode(cell, value);
    return value;
  }
};

template <AnyStrongId Id>
struct Decoder<Id> {
  static Id read(const Cell& cell) { return Id(Decoder<std::int64_t>::read(cell)); }
};

template <AnyStrongId Id>
struct Decoder<std::vector<Id>> {
  static std::vector<Id> read(const Cell& cell) {
    std::vector<Id> ids;
    for (const std::int64_t value : Decoder<std::vector<std::int64_t>>::read(cell)) ids.emplace_back(value);
    return ids;
  }
};

template <class T>
struct Decoder<std::optional<T>> {
  static std::optional<T> read(const Cell& cell) {
    if (cell.null) return std::nullopt;
    return Decoder<T>::read(cell);
  }
};

}  // namespace detail

class Row {
 public:
  Row(std::shared_ptr<const Answer> answer, int index) : answer_(std::move(answer)), index_(index) {}

  template <class T>
  T get(int column) const {
    return detail::Decoder<T>::read(cell(column));
  }
  template <class T>
  T get(std::string_view column) const {
    return detail::Decoder<T>::read(cell(column));
  }

 private:
  detail::Cell cell(int column) const;
  detail::Cell cell(std::string_view column) const;

  std::shared_ptr<const Answer> answer_;
  int index_;
};

class Rows {
 public:
  Rows() = default;
  explicit Rows(std::shared_ptr<const Answer> answer);

  int size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  // Precondition: 0 <= index < size(); std::logic_error otherwise.
  Row operator[](int index) const;

  // Empty when there is no row.
  std::optional<Row> first() const;

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Row;

    Iterator() = default;
    Iterator(const std::shared_ptr<const Answer>* answer, int index) : answer_(answer), index_(index) {}
    Row operator*() const { return Row(*answer_, index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++index_;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const std::shared_ptr<const Answer>* answer_ = nullptr;
    int index_ = 0;
  };
  // Valid while these Rows live.
  Iterator begin() const { return {&answer_, 0}; }
  Iterator end() const { return {&answer_, size_}; }

 private:
  std::shared_ptr<const Answer> answer_;
  int size_ = 0;
};

}  // namespace pitview::postgres
