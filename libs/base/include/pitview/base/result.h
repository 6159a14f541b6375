// Result<T>: a value, or the Error that explains why there is none.
//
//   Result<Job> job = co_await jobs.find(workshop, id);
//   if (!job) co_return job.error();
//   use(*job);
#pragma once

#include <stdexcept>
#include <utility>
#include <variant>

#include "pitview/base/error.h"

namespace pitview {

struct Done {};

template <class T = Done>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)
  Result(Errc code, std::string detail) : Result(Error{code, std::move(detail), {}, 0}) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // Preconditions: has_value(). std::bad_variant_access otherwise.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  // Precondition: !has_value().
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace pitview
