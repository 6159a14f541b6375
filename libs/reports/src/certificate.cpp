#include "sections.h"

namespace pitview::reports {
namespace {

// In groups of eight, which eyes can compare.
std::string grouped(const std::string& hex) {
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 8) text += (i == 0 ? "" : "  ") + hex.substr(i, 8);
  return text;
}

// Stays together with what it is about: never cut by the end of a page.
void proof_box(const Page& page, const Proof& proof) {
  constexpr double kHeight = 116;
  constexpr double kCode = 104;
  Paper& paper = page.paper;
  paper.need(kHeight + 12);
  paper.skip(12);
  const double top = paper.y();
  paper.fill({kMargin, top, kContentWidth, kHeight}, kPanel, 8);
  paper.fill({kMargin + 6, top + 6, kCode, kCode}, kWhite, 4);
  paper.qr(proof.verify_url, {kMargin + 6, top + 6, kCode, kCode}, kInk);
  const double x = kMargin + kCode + 22;
  const double width = kContentWidth - kCode - 34;
  double y = top + 10;
  y += paper.write(page.words.scan, {.size = 11, .weight = Weight::bold, .max_lines = 1}, x, y, width) + 2;
  y += paper.write(page.words.scan_why, {.size = 8, .colour = kQuiet, .max_lines = 2}, x, y, width) + 2;
  y += paper.write(proof.verify_url, {.size = 8, .weight = Weight::medium, .colour = kAccent, .max_lines = 1}, x, y,
                   width) +
       5;
  y += paper.write(page.words.fingerprint, {.size = 7, .colour = kQuiet, .max_lines = 1}, x, y, width) + 1;
  y += paper.write(grouped(proof.fingerprint), {.size = 7, .max_lines = 2}, x, y, width) + 3;
  paper.write(std::string(page.words.key) + " " + proof.key_id, {.size = 7, .colour = kQuiet, .max_lines = 1}, x, y,
              width);
  paper.move_to(top + kHeight);
}

}  // namespace

std::string draw_certificate(const JobDocument& job, const Proof& proof) {
  const Words& words = words_of(job.language);
  const Dates dates(job.workshop.timezone, words);
  const auto pictures = load_pictures(job.photos, kPhotoSide);
  const PaperOptions options = options_of(job, words, words.certificate);
  return draw_twice(options, [&](Paper& paper) {
    const Page page{paper, job, words, dates};
    masthead(page, words.certificate,
             proof.number + "  ·  " + words.version + " " + std::to_string(proof.version) + "  ·  " + words.issued +
                 " " + dates.date(proof.issued_at));
    car_and_work(page);
    air_overview(page);
    air_curve(page);
    air_by_stage(page);
    proof_box(page, proof);
    photo_grid(page, pictures);
  });
}

}  // namespace pitview::reports
