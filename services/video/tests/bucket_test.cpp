#include "bucket/bucket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "playback/clip_file.h"
#include "playback/clips.h"
#include "playback/movie_file.h"
#include "playback/vod_playlist.h"
#include "recording/pruning.h"
#include "recording/recorder.h"
#include "scratch_folder.h"
#include "scripted_camera.h"
#include "stand_in.h"

namespace pitview::video {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

constexpr crypto::Key256 kMaster = {7};
constexpr std::chrono::seconds kPatience{10};

// One gateway's disk, with what it knows of it and of the bucket.
struct Machine {
  explicit Machine(const s3::Options& store, std::shared_ptr<ScratchFolder> with = std::make_shared<ScratchFolder>())
      : disk(std::move(with)), bucket({.store = store, .prefix = "gateway-1/"}, catalogue) {}

  std::vector<Recording> recordings() const { return catalogue.of("pit-1", Timestamp::min(), Timestamp::max()); }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".pvr") ++count;
    return count;
  }
  void free_disk() {
    for (const Recording& recording : catalogue.all()) catalogue.free_disk_of(recording.name);
  }

  std::shared_ptr<ScratchFolder> disk;
  const std::filesystem::path& folder = disk->path();
  Catalogue catalogue{folder, true};
  Bucket bucket;
  Library library{catalogue, kMaster, &bucket.recordings};
};

class BucketOfRecordings : public testing::Test {
 protected:
  BucketOfRecordings() {
    camera_.push(1);
    machine_->catalogue.find();
  }

  void record(int count, Machine& machine) {
    RecordingWriter writer(machine.catalogue, kMaster);
    Recorder recorder(camera_.stream(), clock_, writer, "shop-1", "pit-1");
    camera_.push(count);
  }
  void record(int count) {
    ASSERT_TRUE(becomes([&] { return machine_->catalogue.is_learnt(); }));
    record(count, *machine_);
  }
  static bool becomes(const std::function<bool()>& is) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!is()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return true;
  }
  bool is_copied() {
    return becomes([&] {
      return machine_->catalogue.copies().waiting_files == 0 &&
             std::ranges::all_of(machine_->recordings(), [](const auto& r) { return r.is_in_bucket; });
    });
  }
  std::vector<std::string> objects() const {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : store_.objects()) names.push_back(name);
    return names;
  }
  RecordedRange all() const {
    return {"pit-1", clock_.now() - std::chrono::hours(1), clock_.now() + std::chrono::hours(1)};
  }
  std::string movie_of(Machine& machine) const {
    auto spans = machine.library.find(all());
    if (!spans) return spans.error().detail;
    auto movie = MovieFile::of(std::move(*spans));
    if (!movie) return movie.error().detail;
    std::string bytes;
    while (true) {
      auto more = movie->next();
      if (!more) return more.error().detail;
      if (more->empty()) return bytes;
      bytes += *more;
    }
  }

  s3::StandIn store_{0, "recordings", {"AKIAPITVIEW", "secret", "us-east-1"}};
  SystemClock clock_;
  ScriptedCamera camera_{30};
  std::unique_ptr<Machine> machine_ = std::make_unique<Machine>(store_.options());
};

TEST_F(BucketOfRecordings, WhatIsWholeIsCopiedWithTheKeyThatSealsIt) {
  record(30 * 10);
  ASSERT_TRUE(is_copied());
  const Recording recording = machine_->recordings().at(0);
  const std::string name =
      "gateway-1/shop-1/" + recording.name.text() + "-" + std::to_string(to_milliseconds(recording.ended)) + ".pvr";
  EXPECT_THAT(objects(), ElementsAre("gateway-1/shop-1/key", name));
  std::ifstream in(recording.name.file(machine_->folder), std::ios::binary);
  const std::string file(std::istreambuf_iterator<char>(in), {});
  const std::string object = store_.objects().at(name);
  EXPECT_TRUE(object.starts_with(file)) << "a table lies behind it, and nothing else is different";
  EXPECT_EQ(object.size(), recording.bytes);
  // Put back on a disk it is a recording as any.
  const auto back = machine_->folder / "back.pvr";
  std::ofstream(back, std::ios::binary) << object;
  const auto key = machine_->library.key_of("shop-1");
  const auto opened = SealedFileReader::open(back, *key, recording.name.text());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->entries().size(), machine_->library.find(all())->front().file.entries().size());
}

TEST_F(BucketOfRecordings, WhatIsBeingWrittenIsNot) {
  ASSERT_TRUE(becomes([&] { return machine_->catalogue.is_learnt(); }));
  RecordingWriter writer(machine_->catalogue, kMaster);
  Recorder recorder(camera_.stream(), clock_, writer, "shop-1", "pit-1");
  camera_.push(30 * 5);
  ASSERT_TRUE(becomes([&] { return !machine_->recordings().empty(); }));
  std::this_thread::sleep_for(milliseconds(700));
  EXPECT_TRUE(store_.objects().empty());
}

TEST_F(BucketOfRecordings, WhatTheDiskLetsGoIsPlayedFromThere) {
  record(30 * 10);
  record(30 * 5);
  ASSERT_TRUE(is_copied());
  const auto before = machine_->library.find(all());
  const std::string playlist = *write_vod_playlist(*before);
  const std::string movie = movie_of(*machine_);
  machine_->free_disk();
  ASSERT_EQ(machine_->files(), 0U);
  const auto after = machine_->library.find(all());
  ASSERT_TRUE(after);
  EXPECT_EQ(*write_vod_playlist(*after), playlist);
  EXPECT_EQ(movie_of(*machine_), movie);
  EXPECT_TRUE(movie.size() > 1'000) << movie;
}

TEST_F(BucketOfRecordings, PiecesThatFollowEachOtherAreAskedForTogether) {
  record(30 * 30);
  ASSERT_TRUE(is_copied());
  machine_->free_disk();
  const std::size_t before = store_.requests().size();
  ASSERT_GT(movie_of(*machine_).size(), 1'000U);
  // A minute of some sixty pieces, read twice: once for the index of the movie.
  EXPECT_LT(store_.requests().size() - before, 25U);
}

TEST_F(BucketOfRecordings, AMachineWithAnEmptyDiskKnowsAllAndGoesOnWithTheSameKey) {
  record(30 * 10);
  ASSERT_TRUE(is_copied());
  const std::string movie = movie_of(*machine_);
  const auto known = machine_->recordings();
  machine_ = std::make_unique<Machine>(store_.options());
  machine_->catalogue.find();
  ASSERT_TRUE(becomes([&] { return machine_->catalogue.is_complete(); }));
  ASSERT_EQ(machine_->recordings().size(), 1U);
  EXPECT_EQ(machine_->recordings()[0].name, known[0].name);
  EXPECT_EQ(to_milliseconds(machine_->recordings()[0].ended), to_milliseconds(known[0].ended));
  EXPECT_EQ(machine_->recordings()[0].bytes, known[0].bytes);
  EXPECT_EQ(movie_of(*machine_), movie);
  record(30 * 5);
  ASSERT_TRUE(is_copied());
  machine_->free_disk();
  EXPECT_EQ(machine_->library.find(all())->size(), 2U);
  EXPECT_EQ(objects().size(), 3U) << "one key";
}

TEST_F(BucketOfRecordings, NoKeyIsMadeWhileNobodyKnowsWhetherThereIsOne) {
  store_.refuse_all(true);
  machine_ = std::make_unique<Machine>(store_.options());
  machine_->catalogue.find();
  record(30 * 5, *machine_);
  EXPECT_EQ(machine_->files(), 0U);
  EXPECT_FALSE(std::filesystem::exists(machine_->folder / "shop-1" / "key"));
  ASSERT_TRUE(becomes([&] { return !machine_->bucket.copier.fault().empty(); }));
  EXPECT_EQ(machine_->bucket.copier.fault(), "The object store answers 503 SlowDown.");
  store_.refuse_all(false);
  record(30 * 5);
  EXPECT_TRUE(is_copied());
  EXPECT_EQ(machine_->bucket.copier.fault(), "");
}

TEST_F(BucketOfRecordings, WhatCannotBeCopiedNowIsCopiedLater) {
  record(30);
  ASSERT_TRUE(is_copied());
  store_.refuse_all(true);
  record(30 * 5);
  record(30 * 5);
  ASSERT_TRUE(becomes([&] { return !machine_->bucket.copier.fault().empty(); }));
  EXPECT_EQ(machine_->catalogue.copies().waiting_files, 2U);
  EXPECT_GT(machine_->catalogue.copies().waiting_bytes, 1'000U);
  EXPECT_FALSE(machine_->catalogue.free_disk_of(machine_->recordings().back().name)) << "it is nowhere else";
  EXPECT_GT(movie_of(*machine_).size(), 1'000U) << "it plays from the disk";
  store_.refuse_all(false);
  EXPECT_TRUE(is_copied());
}

TEST_F(BucketOfRecordings, WhatIsRemovedGoesFromThereToo) {
  record(30 * 5);
  record(30 * 5);
  ASSERT_TRUE(is_copied());
  const auto known = machine_->recordings();
  store_.refuse_all(true);
  EXPECT_TRUE(machine_->catalogue.remove(known[0].name));
  EXPECT_EQ(machine_->recordings().size(), 1U);
  store_.refuse_all(false);
  EXPECT_TRUE(becomes([&] { return objects().size() == 2; }));
  // From the bucket alone.
  machine_->free_disk();
  EXPECT_TRUE(machine_->catalogue.remove(known[1].name));
  EXPECT_TRUE(becomes([&] { return objects().size() == 1; }));
  EXPECT_EQ(movie_of(*machine_), "Nothing was recorded at this time.");
}

TEST_F(BucketOfRecordings, ARemovalOutlivesTheProcess) {
  record(30 * 5);
  ASSERT_TRUE(is_copied());
  store_.refuse_all(true);
  const RecordingName name = machine_->recordings().at(0).name;
  EXPECT_TRUE(machine_->catalogue.remove(name));
  const auto disk = machine_->disk;
  machine_.reset();
  store_.refuse_all(false);
  machine_ = std::make_unique<Machine>(store_.options(), disk);
  machine_->catalogue.find();
  ASSERT_TRUE(becomes([&] { return machine_->catalogue.is_complete(); }));
  EXPECT_TRUE(machine_->recordings().empty()) << "although the bucket still named it";
  EXPECT_TRUE(becomes([&] { return objects().size() == 1; }));
  EXPECT_TRUE(becomes([&] { return Tombstones(disk->path()).find().empty(); }));
}

TEST_F(BucketOfRecordings, AnotherKeyThereIsNotTakenForOurs) {
  store_.set_object("gateway-1/shop-1/key", "of somebody else");
  machine_ = std::make_unique<Machine>(store_.options());
  ASSERT_TRUE(write_sealed_key(machine_->folder, "shop-1",
                               crypto::seal(kMaster, crypto::random_bytes(32), "recordings:shop-1")));
  machine_->catalogue.find();
  record(30 * 5);
  ASSERT_TRUE(becomes([&] { return machine_->catalogue.copies().waiting_files == 0; }));
  EXPECT_FALSE(machine_->recordings().at(0).is_in_bucket);
  EXPECT_THAT(objects(), ElementsAre("gateway-1/shop-1/key"));
}

TEST_F(BucketOfRecordings, AFullDiskIsRelievedOfWhatIsThere) {
  record(30 * 5);
  ASSERT_TRUE(is_copied());
  store_.refuse_all(true);
  record(30 * 5);
  const auto prune_until = [&](std::size_t files_left) {
    return prune(machine_->catalogue,
                 {.now = clock_.now(), .keep = std::chrono::days(7), .min_free_bytes = 1, .free_bytes = [&] {
                    return machine_->files() <= files_left ? 1U : 0U;
                  }});
  };
  const Pruned first = prune_until(1);
  EXPECT_EQ(first.left_to_bucket, 1U);
  EXPECT_EQ(first.files, 0U);
  EXPECT_EQ(machine_->recordings().size(), 2U) << "nothing is lost";
  const Pruned second = prune_until(0);
  EXPECT_EQ(second.for_want_of_room, 1U) << "only what is nowhere else costs something";
  EXPECT_EQ(machine_->recordings().size(), 1U);
}

TEST_F(BucketOfRecordings, WhatIsTooOldGoesFromThereToo) {
  record(30 * 5);
  ASSERT_TRUE(is_copied());
  machine_->free_disk();
  const Pruned pruned = prune(
      machine_->catalogue,
      {.now = clock_.now() + std::chrono::days(8), .keep = std::chrono::days(7), .free_bytes = [] { return 0U; }});
  EXPECT_EQ(pruned.files, 1U);
  EXPECT_TRUE(becomes([&] { return objects() == std::vector<std::string>{"gateway-1/shop-1/key"}; }));
}

TEST_F(BucketOfRecordings, ClipsAreCopiedToo) {
  record(30 * 10);
  ASSERT_TRUE(is_copied());
  ASSERT_TRUE(copy_clip(machine_->library, machine_->catalogue, all(), "clip-1"));
  ASSERT_TRUE(becomes([&] { return objects().size() == 3; }));
  EXPECT_THAT(objects().front(), testing::StartsWith("gateway-1/shop-1/clip-1/"));
  clear_clip(machine_->catalogue, "shop-1", "clip-1");
  EXPECT_TRUE(becomes([&] { return objects().size() == 2; }));
}

TEST_F(BucketOfRecordings, WhatWasAlteredThereIsSaidAndNotShown) {
  record(30 * 5);
  ASSERT_TRUE(is_copied());
  machine_->free_disk();
  const std::string name = objects().back();
  const std::string object = store_.objects().at(name);
  const auto shown_of = [&](std::string bytes) {
    store_.set_object(name, std::move(bytes));
    Machine other(store_.options());
    other.catalogue.find();
    EXPECT_TRUE(becomes([&] { return other.catalogue.is_complete(); }));
    return movie_of(other);
  };
  EXPECT_GT(shown_of(object).size(), 1'000U);
  for (const std::size_t at :
       {object.size() - 1, object.size() - 6, object.size() - 30, object.size() - 200, object.size() / 2}) {
    std::string bytes = object;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    const std::string shown = shown_of(std::move(bytes));
    EXPECT_LT(shown.size(), 200U) << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, object.size() / 2, object.size() - 1})
    EXPECT_EQ(shown_of(object.substr(0, size)), "Nothing was recorded at this time.") << size;
  EXPECT_EQ(shown_of(object + "x"), "Nothing was recorded at this time.");
}

TEST(NamesInABucket, AreReadAsTheyAreWritten) {
  const BucketNames names("gateway-1/");
  const Recording recording{.name = {"shop-1", "pit-1", from_milliseconds(1'780'000'000'000)},
                            .ended = from_milliseconds(1'780'000'600'123)};
  EXPECT_EQ(names.of(recording), "gateway-1/shop-1/pit-1/1780000000000-1780000600123.pvr");
  const auto read = names.recording_of(names.of(recording));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, recording.name);
  EXPECT_EQ(read->ended, recording.ended);
  EXPECT_EQ(names.workshop_of_key(names.of_key("shop-1")), "shop-1");
  for (const char* other :
       {"", "gateway-1/", "gateway-1/shop-1/key", "gateway-2/shop-1/pit-1/1-2.pvr", "gateway-1/shop-1/pit-1/1.pvr",
        "gateway-1/shop-1/pit-1/1-.pvr", "gateway-1/shop-1/pit-1/-1-2.pvr", "gateway-1/shop-1/pit-1/01-2.pvr",
        "gateway-1/shop-1/pit-1/1-2.mp4", "gateway-1/shop-1/a/b/1-2.pvr", "gateway-1//pit-1/1-2.pvr",
        "gateway-1/shop-1/pit-1/1-2x.pvr", "gateway-1/shop-1/pit-1/99999999999999999999-2.pvr"})
    EXPECT_FALSE(names.recording_of(other)) << other;
  for (const char* other : {"gateway-1/key", "gateway-1/a/b/key", "shop-1/key", "gateway-1/../key", "gateway-1/a/keys"})
    EXPECT_FALSE(names.workshop_of_key(other)) << other;
}

}  // namespace
}  // namespace pitview::video
