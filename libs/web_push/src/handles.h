// libcurl's handles, each with its connections, for whichever thread needs one.
#pragma once

#include <curl/curl.h>

#include <mutex>
#include <string>
#include <vector>

namespace pitview::web_push {

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
  long status() const;
  // Seconds that the answer asks to wait, also when it names a date; 0: it does not.
  long retry_after() const;

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

class Headers {
 public:
  Headers() = default;
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;
  ~Headers() { curl_slist_free_all(list_); }

  // "Name: value", or "Name:" for one that libcurl is not to send.
  void add(const std::string& line);
  curl_slist* get() const noexcept { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace pitview::web_push
