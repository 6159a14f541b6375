#include "callbacks.h"

#include <curl/curl.h>

#include <memory>
#include <new>

#include "pitview/messaging/twilio_webhook.h"

namespace pitview::messaging {
namespace {

constexpr long kTimeoutMs = 5'000;

bool is_here(std::string_view url) {
  return url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:") ||
         url.starts_with("http://[::1]:");
}

std::size_t drop(char*, std::size_t, std::size_t size, void*) { return size; }

// The status of the answer; 0: none came.
long post_form(const std::string& url, const Form& form, const std::string& auth_token) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) throw std::bad_alloc();
  const std::string header = "X-Twilio-Signature: " + signature_of(auth_token, url, form);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(curl_slist_append(nullptr, header.c_str()),
                                                                            &curl_slist_free_all);
  const std::string body = write_form(form);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "TwilioProxy/1.1");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &drop);
  long status = 0;
  if (curl_easy_perform(curl.get()) == CURLE_OK) curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

}  // namespace

Callbacks::Callbacks(std::string auth_token) : auth_token_(std::move(auth_token)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  thread_ = std::thread([this] { run(); });
}

Callbacks::~Callbacks() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
  curl_global_cleanup();
}

void Callbacks::post(std::string url, Form form, Clock::time_point due) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(due, PostedCallback{.url = std::move(url), .form = std::move(form)});
  }
  changed_.notify_all();
}

std::vector<PostedCallback> Callbacks::posted() const {
  const std::lock_guard lock(mutex_);
  return posted_;
}

bool Callbacks::wait_for(std::size_t count, std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return posted_.size() >= count; });
}

void Callbacks::run() {
  std::unique_lock lock(mutex_);
  while (!ends_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    if (const auto due = waiting_.begin()->first; Clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    PostedCallback next = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    lock.unlock();
    if (is_here(next.url)) next.status = post_form(next.url, next.form, auth_token_);
    lock.lock();
    posted_.push_back(std::move(next));
    changed_.notify_all();
  }
}

}  // namespace pitview::messaging
