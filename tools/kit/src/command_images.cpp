#include <iostream>
#include <optional>
#include <vector>

#include "batch.h"
#include "commands.h"
#include "error.h"
#include "files.h"
#include "identity_values.h"
#include "kit_log.h"
#include "pitview/base/crypto.h"

namespace pitview::kit {
namespace {

struct ImageFile {
  std::filesystem::path path;
  std::string content;
  bool missing = true;
};

struct ImageJob {
  std::string device_id;
  ImageFile image;
  ImageFile csv;
  bool log = true;

  bool writes() const { return image.missing || csv.missing; }
};

void look_for(ImageFile& file) {
  if (!std::filesystem::exists(file.path)) return;
  if (read_file(file.path) != file.content)
    throw KitError(file.path.string() + " is there and holds something else: --again overwrites it");
  file.missing = false;
}

// An identity that was written once and is not where it was written is in
// somebody's hands; a second copy is made only when asked for.
void find_out_what_is_left(ImageJob& job, const History& history) {
  look_for(job.image);
  look_for(job.csv);
  job.log = !history.image_sha256;
  if (history.image_sha256 && job.writes())
    throw KitError(job.device_id + ": its image was written before and is not in " +
                   job.image.path.parent_path().string() + ": --again writes it a second time");
}

std::vector<ImageJob> plan(const Batch& batch, const std::filesystem::path& out) {
  std::vector<ImageJob> jobs;
  jobs.reserve(batch.devices.size());
  for (const BatchDevice& device : batch.devices)
    jobs.push_back({.device_id = device.device_id,
                    .image = {out / (device.device_id + ".bin"), identity_image(batch, device)},
                    .csv = {out / (device.device_id + ".csv"), identity_csv(batch, device)}});
  return jobs;
}

// The files first, then the line that says so: killed in between, the next run
// finds the same bytes and only writes the line.
void carry_out(const ImageJob& job, KitLog& log) {
  if (job.csv.missing) write_private_file(job.csv.path, job.csv.content);
  if (job.image.missing) write_private_file(job.image.path, job.image.content);
  if (!job.log) return;
  log.append({.time = {},
              .step = Step::image_written,
              .device_id = job.device_id,
              .sha256 = crypto::sha256_hex(job.image.content),
              .again = log.of(job.device_id).image_sha256.has_value(),
              .detail = {}});
}

}  // namespace

void write_images(const ImagesOptions& options, const Clock& clock) {
  const std::filesystem::path directory = directory_of(options.batch);
  const Batch batch = read_batch(options.batch);
  std::vector<ImageJob> jobs = plan(batch, options.out);
  std::optional<BatchLock> lock;
  if (!options.dry_run) lock.emplace(directory);

  auto histories = KitLog::read(directory);
  std::size_t to_write = 0;
  for (ImageJob& job : jobs) {
    if (!options.again) find_out_what_is_left(job, histories[job.device_id]);
    to_write += job.writes() ? 1 : 0;
  }
  if (options.dry_run) {
    std::cout << "would write " << to_write << " of " << jobs.size() << " images to " << options.out.string() << '\n';
    return;
  }
  make_private_directory(options.out);
  KitLog log(directory, clock);
  for (const ImageJob& job : jobs) carry_out(job, log);
  std::cout << to_write << " of " << jobs.size() << " images written to " << options.out.string()
            << (to_write < jobs.size() ? ", the others were there" : "") << '\n';
}

}  // namespace pitview::kit
