#include <iostream>

#include "batch.h"
#include "commands.h"
#include "files.h"
#include "label_pdf.h"

namespace pitview::kit {

void write_labels(const LabelsOptions& options) {
  const LabelSheet& sheet = label_sheet(options.sheet);
  const Batch batch = read_batch(options.batch);
  const std::string pdf = draw_labels(batch, sheet);
  const std::size_t pages = (batch.devices.size() + sheet.per_page() - 1) / sheet.per_page();
  // Claim codes are secrets until they are used.
  if (!options.dry_run) write_private_file(options.out, pdf);
  std::cout << (options.dry_run ? "would draw " : "") << batch.devices.size() << " labels on " << pages << " sheets "
            << sheet.name << ": " << options.out.string() << '\n';
}

}  // namespace pitview::kit
