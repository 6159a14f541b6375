// A limit on how long an await may take.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "pitview/async/asio.h"

namespace pitview {

Awaitable<> sleep_for(std::chrono::steady_clock::duration time);

namespace detail {

// `||` of Asio waits for the other side when one side throws, so the work hands
// its exception over as a value.
template <class T>
struct Outcome {
  std::optional<T> value;
  std::exception_ptr failure;
};

template <class T>
Awaitable<Outcome<T>> captured(Awaitable<T> work) {
  try {
    co_return Outcome<T>{co_await std::move(work), nullptr};
  } catch (...) {
    co_return Outcome<T>{std::nullopt, std::current_exception()};
  }
}

inline Awaitable<std::exception_ptr> captured(Awaitable<> work) {
  try {
    co_await std::move(work);
    co_return nullptr;
  } catch (...) {
    co_return std::current_exception();
  }
}

}  // namespace detail

// The result of `work`, or nothing (false for void) when `limit` passed first;
// `work` is cancelled then. An exception of `work` is rethrown as soon as it comes.
template <class T>
Awaitable<std::optional<T>> with_deadline(std::chrono::steady_clock::duration limit, Awaitable<T> work) {
  using asio::experimental::awaitable_operators::operator||;
  auto outcome = co_await (detail::captured(std::move(work)) || sleep_for(limit));
  if (outcome.index() == 1) co_return std::nullopt;
  auto& done = std::get<0>(outcome);
  if (done.failure) std::rethrow_exception(done.failure);
  co_return std::move(done.value);
}

inline Awaitable<bool> with_deadline(std::chrono::steady_clock::duration limit, Awaitable<> work) {
  using asio::experimental::awaitable_operators::operator||;
  const auto outcome = co_await (detail::captured(std::move(work)) || sleep_for(limit));
  if (outcome.index() == 1) co_return false;
  if (std::get<0>(outcome)) std::rethrow_exception(std::get<0>(outcome));
  co_return true;
}

}  // namespace pitview
