// libcurl's handles, each with its connection, for whichever thread needs one.
#pragma once

#include <curl/curl.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace pitview::messaging {

class HandlePool;

// Goes back to the pool, without what was set.
class Handle {
 public:
  Handle(HandlePool& pool, CURL* curl) : pool_(&pool), curl_(curl) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  // std::runtime_error: libcurl is not built with it.
  template <class Value>
  void set(CURLoption option, Value value) const {
    check(curl_easy_setopt(curl_, option, value));
  }
  CURLcode perform() const { return curl_easy_perform(curl_); }
  // The last status of the answer, of HTTP or SMTP; 0: none came.
  long status() const;
  // Of the answer; "": it has none such.
  std::string header(const char* name) const;
  // Bytes of requests that were sent.
  long request_size() const;

 private:
  static void check(CURLcode code) {
    if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
  }

  HandlePool* pool_;
  CURL* curl_;
};

class HandlePool {
 public:
  HandlePool();
  ~HandlePool();
  HandlePool(const HandlePool&) = delete;
  HandlePool& operator=(const HandlePool&) = delete;

  Handle take();

 private:
  friend class Handle;
  void give_back(CURL* curl);

  std::mutex mutex_;
  std::vector<CURL*> free_;
};

class Strings {
 public:
  Strings() = default;
  Strings(const Strings&) = delete;
  Strings& operator=(const Strings&) = delete;
  ~Strings() { curl_slist_free_all(list_); }

  void add(const std::string& text);
  curl_slist* get() const noexcept { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// The certificate of the other end is not one to trust, or ours to check it with cannot be read.
bool is_certificate_fault(CURLcode code) noexcept;

}  // namespace pitview::messaging
