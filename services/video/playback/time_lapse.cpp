#include "playback/time_lapse.h"

#include <algorithm>

#include "pitview/fmp4/reader.h"
#include "pitview/fmp4/writer.h"
#include "pitview/stills/time_lapse.h"
#include "playback/clip_file.h"

namespace pitview::video {
namespace {

constexpr std::uint32_t kCardPicture = fmp4::kTimescale / 5;  // ticks; ten of them are a card's two seconds
constexpr int kCardPictures = 10;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Key frames of a file, by their pieces.
struct Chosen {
  Recording file;
  std::vector<std::size_t> pieces;
};

// Evenly over the time that was recorded, which has gaps.
std::vector<Chosen> choose(Library& library, const RecordedRange& range) {
  std::chrono::microseconds recorded{};
  const auto files = library.catalogue().of(range.path, range.from, range.to);
  for (const Recording& file : files)
    recorded += std::min(file.ended, range.to) - std::max(file.name.began, range.from);
  const auto step = recorded / static_cast<std::int64_t>(kMostPictures);
  std::chrono::microseconds before{};  // recorded time of the files before
  std::chrono::microseconds next{};
  std::vector<Chosen> all;
  for (const Recording& file : files) {
    const auto span = library.open(file, range);
    if (!span) continue;
    Chosen chosen{.file = file, .pieces = {}};
    for (std::size_t i = span->first; i < span->end; ++i) {
      const Piece& piece = span->file.entries()[i].piece;
      const auto at = before + (piece.began - span->began());
      if (piece.kind != PieceKind::key_fragment || at < next) continue;
      chosen.pieces.push_back(i);
      next = std::max(next + step, at);
    }
    before += span->ended() - span->began();
    all.push_back(std::move(chosen));
  }
  return all;
}

// The pictures of one file as units, with the parameter sets that its head has.
class KeyFrames {
 public:
  explicit KeyFrames(Span span) : span_(std::move(span)) {
    auto head = span_.file.read(0);
    if (!head) return;
    head_ = std::move(*head);
    sets_ = fmp4::read_parameter_sets(bytes_of(head_));
  }

  // Valid until the next call. Empty: it was altered, or is none of ours.
  std::vector<h264::NalUnit> at(std::size_t piece) {
    auto bytes = span_.file.read(piece);
    if (!bytes || !sets_) return {};
    fragment_ = std::move(*bytes);
    const auto samples = fmp4::read_samples(bytes_of(fragment_));
    if (!samples) return {};
    std::vector<h264::NalUnit> units = {sets_->sps, sets_->pps};
    for (const auto unit : fmp4::units_of_sample(samples->media.first(samples->samples.front().size)))
      units.push_back(unit);
    return units;
  }

 private:
  Span span_;
  std::string head_;
  std::string fragment_;
  std::optional<fmp4::ParameterSets> sets_;
};

// Writes encoded pictures as a clip, a piece for each group.
class Film {
 public:
  Film(Catalogue& catalogue, RecordingName name, const crypto::Key256& key)
      : name_(std::move(name)), key_(key), file_(catalogue, name_) {}

  Result<> add(stills::EncodedPicture picture, std::uint32_t duration, int width, int height) {
    if (picture.keyframe) {
      if (const auto written = write_group(); !written) return written;
      if (!begun_)
        if (const auto begun = begin(picture, width, height); !begun) return begun;
    }
    group_.push_back({std::move(picture), duration});
    return Done{};
  }

  Result<ClipReport> end() {
    if (const auto written = write_group(); !written) return written.error();
    const auto size = file_.keep(time_at(decode_));
    if (!size) return size.error();
    return ClipReport{.clip = name_.path,
                      .state = "ready",
                      .began_ms = to_milliseconds(name_.began),
                      .ended_ms = to_milliseconds(time_at(decode_)),
                      .bytes = *size};
  }

 private:
  struct Waiting {
    stills::EncodedPicture picture;
    std::uint32_t duration = 0;
  };

  Result<> begin(const stills::EncodedPicture& picture, int width, int height) {
    fmp4::Track track{.width = static_cast<unsigned>(width), .height = static_cast<unsigned>(height)};
    for (const h264::NalUnit unit : h264::split_annex_b(picture.stream)) {
      if (h264::type_of(unit) == h264::NalType::sequence_parameter_set) track.sps = unit;
      if (h264::type_of(unit) == h264::NalType::picture_parameter_set) track.pps = unit;
    }
    if (track.sps.size() < 4 || track.pps.empty())
      return Error{Errc::internal_error, "The encoder tells no parameter sets.", {}, 0};
    if (const auto begun = file_.begin(key_); !begun) return begun;
    begun_ = true;
    return file_.append({.kind = PieceKind::head, .began = name_.began}, fmp4::initialization_segment(track));
  }

  Result<> write_group() {
    if (group_.empty()) return Done{};
    std::vector<std::vector<h264::NalUnit>> units;
    std::vector<fmp4::Sample> samples;
    units.reserve(group_.size());
    std::uint32_t duration = 0;
    for (const Waiting& waiting : group_) {
      units.push_back(h264::split_annex_b(waiting.picture.stream));
      samples.push_back({units.back(), waiting.duration, 0, waiting.picture.keyframe});
      duration += waiting.duration;
    }
    const Piece piece{
        .kind = PieceKind::key_fragment, .began = time_at(decode_), .decode = decode_, .duration = duration};
    const std::string fragment = fmp4::fragment(++fragments_, static_cast<std::uint64_t>(decode_), samples);
    decode_ += duration;
    group_.clear();
    return file_.append(piece, fragment);
  }

  Timestamp time_at(std::int64_t decode) const {
    return name_.began + std::chrono::microseconds(decode * 1'000 / (fmp4::kTimescale / 1'000));
  }

  const RecordingName name_;
  const crypto::Key256 key_;
  ClipFile file_;
  bool begun_ = false;
  std::vector<Waiting> group_;
  std::uint32_t fragments_ = 0;
  std::int64_t decode_ = 0;
};

stills::Card card_of(const TimeLapseCard& words) { return {words.above, words.title, words.lines}; }

Result<> add_card(stills::TimeLapse& encoder, Film& film, const TimeLapseCard& words) {
  for (int i = 0; i < kCardPictures; ++i) {
    auto picture = encoder.add(card_of(words));
    if (!picture) return picture.error();
    if (const auto added = film.add(std::move(*picture), kCardPicture, encoder.width(), encoder.height()); !added)
      return added;
  }
  return Done{};
}

}  // namespace

Result<ClipReport> make_time_lapse(Library& library, Catalogue& catalogue, const RecordedRange& range,
                                   const std::string& clip, const TimeLapseRequest& words,
                                   const std::atomic<bool>& stopping) {
  const std::vector<Chosen> files = choose(library, range);
  std::size_t count = 0;
  for (const Chosen& file : files) count += file.pieces.size();
  if (count < 2) return Error{Errc::not_found, "Too little was recorded of this job.", {}, 0};
  const std::string workshop = files.front().file.name.workshop;
  const auto key = library.key_of(workshop);
  if (!key) return key.error();
  constexpr std::uint32_t kFastest = fmp4::kTimescale / 25;
  const auto duration = std::max(kFastest, static_cast<std::uint32_t>(kShortestTimeLapse.count() * fmp4::kTimescale /
                                                                      static_cast<std::int64_t>(count)));

  clear_clip(catalogue, workshop, clip);
  Film film(catalogue, {workshop, clip, from_milliseconds(to_milliseconds(range.from))}, *key);
  std::optional<stills::TimeLapse> encoder;
  for (const Chosen& file : files) {
    auto span = library.open(file.file, range);
    if (!span) continue;
    KeyFrames frames(std::move(*span));
    for (const std::size_t piece : file.pieces) {
      if (stopping) return Error{Errc::unavailable, "The gateway stops.", {}, 0};
      const auto units = frames.at(piece);
      if (!encoder && !units.empty()) {
        auto begun = stills::TimeLapse::of(units);
        if (!begun && begun.error().code == Errc::internal_error) return begun.error();
        if (!begun) continue;
        encoder.emplace(std::move(*begun));
        if (const auto added = add_card(*encoder, film, words.first); !added) return added.error();
      }
      if (!encoder) continue;
      auto picture = encoder->add(units);
      if (!picture) continue;
      if (const auto added = film.add(std::move(*picture), duration, encoder->width(), encoder->height()); !added)
        return added.error();
    }
  }
  if (!encoder) return Error{Errc::not_found, "Nothing of this job's recording can be decoded.", {}, 0};
  if (const auto added = add_card(*encoder, film, words.last); !added) return added.error();
  return film.end();
}

}  // namespace pitview::video
