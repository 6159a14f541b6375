// Recordings, for browsers. {times}: from-to in ms since 1970, as the token names them.
//
//   /{path}/recordings/{times}/index.m3u8?token=…   opens a session and sends the player on to it
//   /{path}/recordings/{times}/clip.mp4?token=…     one MP4 to take home; &name= for the file
//   /{path}/playback/{session}/index.m3u8           the playlist
//   /{path}/playback/{session}/{file}               heads and segments as the playlist names them
#pragma once

#include <map>

#include "access/cut_rights.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/http/router.h"
#include "playback/movie_file.h"
#include "playback/playback_sessions.h"

namespace pitview::video {

class PlaybackRoutes {
 public:
  struct Parts {
    PlaybackSessions& sessions;
    const CutRights& cut_rights;
    const crypto::Key256& token_secret;
    const Clock& clock;
  };
  // Without a library nothing is recorded, and nothing is there.
  PlaybackRoutes(Parts parts, Library* library) : parts_(parts), library_(library) {}

  // Precondition: this outlives the router.
  void add_to(http::Router& router);

 private:
  Awaitable<http::Response> open(const http::Request& request);
  Awaitable<http::Response> playlist(const http::Request& request);
  Awaitable<http::Response> file(const http::Request& request);
  Awaitable<http::Response> clip(const http::Request& request);
  Result<std::pair<RecordedRange, StreamGrant>> granted(const http::Request& request,
                                                        std::chrono::milliseconds longest) const;
  PlaybackSession* session_of(const http::Request& request);
  // Null: there are too many; else the place is free again when it goes.
  std::shared_ptr<void> place_for_download(const std::string& session);
  template <class T>
  Awaitable<Result<T>> read(std::function<Result<T>()> work);

  Parts parts_;
  Library* library_;
  int downloads_ = 0;
  std::map<std::string, int> downloads_of_;  // by session of the server, or link
  CpuPool pool_{2, 100};                     // reading and unsealing
};

}  // namespace pitview::video
