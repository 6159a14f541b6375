#include "handles.h"

#include <new>

namespace pitview::messaging {

Handle::~Handle() {
  curl_easy_reset(curl_);  // connections stay
  pool_->give_back(curl_);
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

long Handle::request_size() const {
  long size = 0;
  check(curl_easy_getinfo(curl_, CURLINFO_REQUEST_SIZE, &size));
  return size;
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

}  // namespace pitview::messaging
