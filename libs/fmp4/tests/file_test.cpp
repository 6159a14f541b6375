// What is written is read again, by us and by a player that knows nothing of us.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pitview/fmp4/decode_clock.h"
#include "pitview/fmp4/movie.h"
#include "pitview/fmp4/reader.h"
#include "pitview/fmp4/writer.h"
#include "pitview/h264/slice.h"

namespace pitview::fmp4 {
namespace {

namespace fs = std::filesystem;
using Unit = std::vector<std::uint8_t>;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

const Unit kSps = {0x67, 0x42, 0xe0, 0x1f, 0x95, 0xa0, 0x14, 0x01, 0x6e, 0x40};
const Unit kPps = {0x68, 0xce, 0x3c, 0x80};
const Unit kKey = {0x65, 0x88, 0x84, 0x00};
const Unit kOther = {0x41, 0x9a, 0x00};

std::string fragment_of(std::uint32_t sequence, std::uint64_t time, bool keyframe = true) {
  const std::array<h264::NalUnit, 3> first = {kSps, kPps, keyframe ? kKey : kOther};
  const std::array<h264::NalUnit, 1> second = {kOther};
  const std::array<Sample, 2> samples = {Sample{first, 3'600, 0, keyframe}, Sample{second, 3'000, -5, false}};
  return fragment(sequence, time, samples);
}

TEST(Fragment, IsReadAsItWasWritten) {
  const std::string written = fragment_of(7, 5'000'000'000ULL);
  const auto info = read_fragment(bytes_of(written));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->size, written.size());
  EXPECT_EQ(info->sequence, 7U);
  EXPECT_EQ(info->decode_time, 5'000'000'000ULL);
  EXPECT_EQ(info->duration, 6'600U);
  EXPECT_EQ(info->samples, 2U);
  EXPECT_TRUE(info->starts_with_keyframe);
  EXPECT_FALSE(read_fragment(bytes_of(fragment_of(8, 0, false)))->starts_with_keyframe);
}

TEST(Fragment, HoldsPicturesAndNoParameterSets) {
  const std::string written = fragment_of(1, 0);
  const std::string data = written.substr(written.find("mdat") + 4);
  const std::string expected("\0\0\0\4\x65\x88\x84\0\0\0\0\3\x41\x9a\0", 15);
  EXPECT_EQ(data, expected);
}

TEST(File, IsWholeUpToItsLastWholeFragmentWhereverItEnds) {
  const std::string head = initialization_segment({kSps, kPps, 640, 360});
  const std::string one = fragment_of(1, 0);
  const std::string two = fragment_of(2, 6'600);
  const std::string file = head + one + two;
  for (std::size_t size = 0; size <= file.size(); ++size) {
    const auto read = read_file(bytes_of(file).first(size));
    if (size < head.size()) {
      EXPECT_FALSE(read) << size;
      continue;
    }
    ASSERT_TRUE(read) << size;
    const std::size_t fragments = size < head.size() + one.size() ? 0 : size < file.size() ? 1 : 2;
    EXPECT_EQ(read->fragments.size(), fragments) << size;
  }
}

TEST(CodecString, IsThatOfRfc6381) {
  const auto set = h264::parse_sequence_parameter_set(kSps);
  ASSERT_TRUE(set);
  EXPECT_EQ(codec_string(*set), "avc1.42e01f");
}

// A real encoder's stream in a file of ours, as ffprobe sees it.
class Played : public testing::TestWithParam<int> {
 protected:
  static std::string run(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "r");
    std::string out;
    std::array<char, 4096> some{};
    for (std::size_t n = 0; (n = std::fread(some.data(), 1, some.size(), pipe)) > 0;) out.append(some.data(), n);
    EXPECT_EQ(pclose(pipe), 0) << command;
    return out;
  }
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  const fs::path folder_ = fs::temp_directory_path() / ("pitview-fmp4-" + std::to_string(getpid()));
};

struct Picture {
  std::vector<h264::NalUnit> units;
  bool keyframe = false;
};

// One slice a picture, as x264 does it with one thread.
std::vector<Picture> pictures_of(std::span<const std::uint8_t> stream) {
  std::vector<Picture> pictures;
  std::vector<h264::NalUnit> before;
  for (const h264::NalUnit unit : h264::split_annex_b(stream)) {
    before.push_back(unit);
    if (!h264::is_slice(unit)) continue;
    pictures.push_back({std::move(before), h264::type_of(unit) == h264::NalType::idr_slice});
    before.clear();
  }
  return pictures;
}

// A fragmented file as a whole one.
void write_movie(const std::string& fragmented, const std::string& whole) {
  std::ostringstream text;
  text << std::ifstream(fragmented, std::ios::binary).rdbuf();
  const std::string bytes = text.str();
  const auto file = read_file(bytes_of(bytes));
  ASSERT_TRUE(file);
  auto movie = Movie::of(bytes_of(bytes).first(file->head));
  ASSERT_TRUE(movie);
  std::string media;
  for (const FragmentInfo& info : file->fragments) {
    const auto fragment = bytes_of(bytes).subspan(info.begin, info.size);
    ASSERT_TRUE(movie->add(fragment));
    const auto samples = read_samples(fragment);
    media.append(reinterpret_cast<const char*>(samples->media.data()), samples->media.size());
  }
  EXPECT_EQ(movie->media_bytes(), media.size());
  EXPECT_NEAR(movie->seconds(), 2.0, 0.001);
  std::ofstream(whole, std::ios::binary) << movie->index() << media;
}

// Times of showing, in decoding order: what RTP would have told.
std::vector<std::int64_t> shown_times(const std::string& probe) {
  std::vector<std::int64_t> times;
  std::istringstream lines(probe);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) times.push_back(std::llround(std::stod(line) * 90'000));
  return times;
}

TEST_P(Played, HasEveryPictureAtItsTime) {
  const int b_frames = GetParam();
  const std::string mkv = (folder_ / "a.mkv").string();
  const std::string raw = (folder_ / "a.h264").string();
  const std::string ours = (folder_ / "ours.mp4").string();
  run("ffmpeg -v error -f lavfi -i testsrc2=size=320x240:rate=25 -t 2 -c:v libx264 -threads 1 -g 25 -bf " +
      std::to_string(b_frames) + " -x264-params b-pyramid=none " + mkv);
  run("ffmpeg -v error -i " + mkv + " -c copy -bsf:v h264_mp4toannexb " + raw);
  const auto shown =
      shown_times(run("ffprobe -v error -select_streams v -show_entries packet=pts_time -of csv=p=0 " + mkv));
  std::ostringstream text;
  text << std::ifstream(raw, std::ios::binary).rdbuf();
  const std::string stream = text.str();
  const std::vector<Picture> pictures = pictures_of(bytes_of(stream));
  ASSERT_EQ(pictures.size(), 50U);
  ASSERT_EQ(shown.size(), 50U);

  Track track{.width = 320, .height = 240};
  for (const h264::NalUnit unit : pictures[0].units) {
    if (h264::type_of(unit) == h264::NalType::sequence_parameter_set) track.sps = unit;
    if (h264::type_of(unit) == h264::NalType::picture_parameter_set) track.pps = unit;
  }
  const auto format = h264::parse_sequence_parameter_set(track.sps);
  ASSERT_TRUE(format);
  DecodeClock clock(format->max_reorder_frames.value_or(0));
  std::ofstream file(ours, std::ios::binary);
  file << initialization_segment(track);
  const std::int64_t start = clock.next(shown[0], 3'600).decode;
  std::int64_t decode = start;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const PictureTime next = i + 1 < shown.size() ? clock.next(shown[i + 1], 3'600) : PictureTime{decode + 3'600, 0};
    const Sample sample{pictures[i].units, static_cast<std::uint32_t>(next.decode - decode),
                        static_cast<std::int32_t>(shown[i] - decode), pictures[i].keyframe};
    file << fragment(static_cast<std::uint32_t>(i + 1), static_cast<std::uint64_t>(decode - start),
                     std::span(&sample, 1));
    decode = next.decode;
  }
  file.close();

  const std::string whole = (folder_ / "whole.mp4").string();
  write_movie(ours, whole);
  for (const std::string& made : {ours, whole}) {
    const auto seen =
        shown_times(run("ffprobe -v error -select_streams v -show_entries packet=pts_time -of csv=p=0 " + made));
    ASSERT_EQ(seen.size(), 50U);
    for (std::size_t i = 0; i < seen.size(); ++i)
      EXPECT_NEAR(static_cast<double>(seen[i] - seen[0]), static_cast<double>(shown[i] - shown[0]), 100) << i;
    EXPECT_EQ(run("ffprobe -v error -count_frames -select_streams v -show_entries stream=nb_read_frames,width,height "
                  "-of csv=p=0 " +
                  made),
              "320,240,50\n");
    EXPECT_EQ(run("ffmpeg -v error -i " + made + " -f null - 2>&1"), "") << "decodes without complaint";
  }
  EXPECT_EQ(
      run("ffprobe -v error -select_streams v -show_entries stream=nb_frames,start_time,duration -of csv=p=0 " + whole),
      "0.000000,2.000000,50\n");
}

TEST(ParameterSets, AreThoseOfTheHead) {
  const std::string head = initialization_segment({kSps, kPps, 640, 360});
  const auto sets = read_parameter_sets(bytes_of(head));
  ASSERT_TRUE(sets);
  EXPECT_TRUE(std::ranges::equal(sets->sps, kSps));
  EXPECT_TRUE(std::ranges::equal(sets->pps, kPps));
  for (std::size_t size = 0; size < head.size(); ++size) EXPECT_FALSE(read_parameter_sets(bytes_of(head).first(size)));
}

TEST(UnitsOfSample, AreThePicturesOwn) {
  const std::string written = fragment_of(1, 0);
  const auto read = read_samples(bytes_of(written));
  const auto units = units_of_sample(read->media.first(read->samples[0].size));
  ASSERT_EQ(units.size(), 1U);
  EXPECT_TRUE(std::ranges::equal(units[0], kKey));
  EXPECT_TRUE(units_of_sample(read->media.first(5)).empty());
}

TEST(Movie, IsMadeOfNothingButOurs) {
  const std::string head = initialization_segment({kSps, kPps, 640, 360});
  for (std::size_t size = 0; size < head.size(); ++size) EXPECT_FALSE(Movie::of(bytes_of(head).first(size))) << size;
  auto movie = Movie::of(bytes_of(head));
  ASSERT_TRUE(movie);
  const std::string fragment = fragment_of(1, 0);
  for (std::size_t size = 0; size < fragment.size(); ++size) EXPECT_FALSE(movie->add(bytes_of(fragment).first(size)));
  EXPECT_EQ(movie->media_bytes(), 0U);
}

INSTANTIATE_TEST_SUITE_P(BFrames, Played, testing::Values(0, 2));

}  // namespace
}  // namespace pitview::fmp4
