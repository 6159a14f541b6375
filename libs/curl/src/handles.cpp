#include "pitview/curl/handles.h"

#include <array>
#include <new>
#include <stdexcept>

namespace pitview::curl {

Handle::~Handle() {
  curl_easy_reset(curl_);  // connections stay
  pool_->give_back(curl_);
}

std::string Handle::perform_or_why() const {
  std::array<char, CURL_ERROR_SIZE> why{};
  set(CURLOPT_ERRORBUFFER, why.data());
  const CURLcode code = curl_easy_perform(curl_);
  curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_OK) return {};
  return why.front() == '\0' ? curl_easy_strerror(code) : why.data();
}

long Handle::status() const {
  long status = 0;
  check(curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status));
  return status;
}

std::string Handle::header(const char* name) const {
  curl_header* found = nullptr;
  return curl_easy_header(curl_, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value : "";
}

long Handle::retry_after() const {
  curl_off_t seconds = 0;
  check(curl_easy_getinfo(curl_, CURLINFO_RETRY_AFTER, &seconds));
  return static_cast<long>(seconds);
}

long Handle::request_size() const {
  long size = 0;
  check(curl_easy_getinfo(curl_, CURLINFO_REQUEST_SIZE, &size));
  return size;
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

void Strings::add(const std::string& text) {
  curl_slist* longer = curl_slist_append(list_, text.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  list_ = longer;
}

bool is_certificate_fault(CURLcode code) noexcept {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR;
}

}  // namespace pitview::curl
