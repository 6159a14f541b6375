#include "handles.h"

#include <new>
#include <stdexcept>

namespace pitview::web_push {

Handle::~Handle() {
  curl_easy_reset(curl_);  // connections stay
  pool_->give_back(curl_);
}

long Handle::status() const {
  long status = 0;
  check(curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status));
  return status;
}

long Handle::retry_after() const {
  curl_off_t seconds = 0;
  check(curl_easy_getinfo(curl_, CURLINFO_RETRY_AFTER, &seconds));
  return static_cast<long>(seconds);
}

void Handle::check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
}

HandlePool::HandlePool() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

HandlePool::~HandlePool() {
  for (CURL* curl : free_) curl_easy_cleanup(curl);
  curl_global_cleanup();
}

Handle HandlePool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      CURL* curl = free_.back();
      free_.pop_back();
      return {*this, curl};
    }
  }
  CURL* curl = curl_easy_init();
  if (curl == nullptr) throw std::bad_alloc();
  return {*this, curl};
}

void HandlePool::give_back(CURL* curl) {
  const std::lock_guard lock(mutex_);
  free_.push_back(curl);
}

void Headers::add(const std::string& line) {
  curl_slist* longer = curl_slist_append(list_, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  list_ = longer;
}

}  // namespace pitview::web_push
