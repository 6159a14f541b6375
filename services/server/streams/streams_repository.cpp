#include "streams/streams_repository.h"

#include <array>

namespace pitview::streams {
namespace {

using postgres::Row;
using postgres::Statement;

constexpr Statement kCameras{
    "video_cameras", "SELECT workshop_id, pit_id, rtsp_url_sealed, at_work, recorded FROM platform.video_cameras()"};
constexpr Statement kMayWatch{"may_watch", "SELECT session_id, pit_id FROM platform.may_watch($1, $2)"};
constexpr Statement kNote{"note_cameras", "SELECT workshop_id, pit_id, status FROM platform.note_cameras($1, $2)"};

constexpr Statement kSealedUrl{
    "sealed_camera_url",
    "SELECT camera_rtsp_url_sealed FROM pits WHERE id = $1 AND camera_rtsp_url_sealed IS NOT NULL"};

constexpr std::array kStatements = {kCameras, kSealedUrl, kMayWatch, kNote};

}  // namespace

std::span<const Statement> stream_statements() { return kStatements; }

Awaitable<std::vector<PitCameraRow>> StreamsRepository::cameras() {
  std::vector<PitCameraRow> cameras;
  auto tx = co_await database_.here().begin_platform();
  for (const Row row : co_await tx.query_and_commit(kCameras))
    cameras.push_back({row.get<WorkshopId>("workshop_id"), row.get<PitId>("pit_id"),
                       row.get<postgres::Bytes>("rtsp_url_sealed").data, row.get<bool>("at_work"),
                       row.get<bool>("recorded")});
  co_return cameras;
}

Awaitable<std::optional<std::string>> StreamsRepository::sealed_url(WorkshopId workshop, PitId pit) {
  const auto rows = co_await database_.here().read(workshop, kSealedUrl, pit);
  if (const auto row = rows.first()) co_return row->get<postgres::Bytes>(0).data;
  co_return std::nullopt;
}

Awaitable<std::vector<Watching>> StreamsRepository::may_watch(std::vector<Watching> asked) {
  std::vector<SessionId> sessions;
  std::vector<PitId> pits;
  for (const Watching& watching : asked) {
    sessions.push_back(watching.session);
    pits.push_back(watching.pit);
  }
  std::vector<Watching> allowed;
  auto tx = co_await database_.here().begin_platform();
  for (const Row row : co_await tx.query_and_commit(kMayWatch, sessions, pits))
    allowed.push_back({row.get<SessionId>("session_id"), row.get<PitId>("pit_id")});
  co_return allowed;
}

Awaitable<std::vector<CameraNews>> StreamsRepository::note(std::vector<CameraStatus> cameras) {
  std::vector<PitId> pits;
  std::vector<std::string> states;
  for (CameraStatus& camera : cameras) {
    pits.push_back(camera.pit);
    states.push_back(std::move(camera.status));
  }
  std::vector<CameraNews> news;
  auto tx = co_await database_.here().begin_platform();
  for (const Row row : co_await tx.query_and_commit(kNote, pits, states))
    news.push_back({row.get<WorkshopId>("workshop_id"), row.get<PitId>("pit_id"), row.get<std::string>("status")});
  co_return news;
}

}  // namespace pitview::streams
