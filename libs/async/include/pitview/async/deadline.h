// A limit on how long an await may take.
#pragma once

#include <chrono>
#include <optional>

#include "pitview/async/asio.h"

namespace pitview {

Awaitable<> sleep_for(std::chrono::steady_clock::duration time);

// The result of `work`, or nothing (false for void) when `limit` passed first;
// `work` is cancelled then.
template <class T>
Awaitable<std::optional<T>> with_deadline(std::chrono::steady_clock::duration limit, Awaitable<T> work) {
  using asio::experimental::awaitable_operators::operator||;
  auto outcome = co_await (std::move(work) || sleep_for(limit));
  if (outcome.index() == 1) co_return std::nullopt;
  co_return std::optional<T>(std::get<0>(std::move(outcome)));
}

inline Awaitable<bool> with_deadline(std::chrono::steady_clock::duration limit, Awaitable<> work) {
  using asio::experimental::awaitable_operators::operator||;
  const auto outcome = co_await (std::move(work) || sleep_for(limit));
  co_return outcome.index() == 0;
}

}  // namespace pitview
