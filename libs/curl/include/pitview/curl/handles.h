// libcurl's handles, each with its connections, for whichever thread needs one.
//
//   const curl::Handle handle = pool.take();
//   handle.set(CURLOPT_URL, url.c_str());
//   if (const CURLcode code = handle.perform(); code != CURLE_OK) …
//
// A pool is of any thread and outlives its handles; a handle is of one thread at a time, and
// what set() is given lives until perform() has ended.
#pragma once

#include <curl/curl.h>

#include <mutex>
#include <string>
#include <vector>

namespace pitview::curl {

class HandlePool;

// Goes back to the pool, without what was set.
class Handle {
 public:
  Handle(HandlePool& pool, CURL* curl) : pool_(&pool), curl_(curl) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  // std::runtime_error: libcurl is not built with it, or takes no such value.
  template <class Value>
  void set(CURLoption option, Value value) const {
    check(curl_easy_setopt(curl_, option, value));
  }

  // CURLE_OK when an answer came, of whatever status.
  CURLcode perform() const { return curl_easy_perform(curl_); }
  // The same in libcurl's own words, which may have an address in them; "": an answer came.
  std::string perform_or_why() const;

  // The last status of the answer, of HTTP or SMTP; 0: none came.
  long status() const;
  // Of the answer; "": it has none such.
  std::string header(const char* name) const;
  // Seconds that the answer asks to wait, also when it names a date; 0: it does not.
  long retry_after() const;
  // Bytes of requests that were sent.
  long request_size() const;

 private:
  static void check(CURLcode code);

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

// Headers ("Name: value", or "Name:" for one that libcurl is not to send), recipients.
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

}  // namespace pitview::curl
