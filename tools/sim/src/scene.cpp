#include "scene.h"

#include <cmath>
#include <cstring>
#include <ctime>
#include <stdexcept>

#include "canvas.h"
#include "weather.h"

namespace pitview::sim {
namespace {

constexpr double kCarLeft = 262;

Surface make_surface(int width, int height) {
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) throw std::runtime_error("no memory for a picture");
  return surface;
}

Context context_of(cairo_surface_t* surface, const SceneOptions& options) {
  Context context(cairo_create(surface));
  cairo_scale(context.get(), options.width / kSceneWidth, options.height / kSceneHeight);
  return context;
}

// In every second pit the car stands the other way round.
void turn_if_needed(cairo_t* c, const SceneOptions& options) {
  if (options.pit_number % 2 != 0) return;
  cairo_translate(c, kSceneWidth, 0);
  cairo_scale(c, -1, 1);
}

void draw_parked_car(cairo_t* c, const SceneOptions& options) {
  const Saved saved(c);
  turn_if_needed(c, options);
  cairo_translate(c, kCarLeft, kCarGround);
  {  // its reflection in the floor
    const Saved mirrored(c);
    cairo_rectangle(c, -100, 8, 1000, 90);
    cairo_clip(c);
    cairo_scale(c, 1, -0.55);
    cairo_push_group(c);
    draw_car(c, options.body, mix(options.colour, rgb(0x0d0f12), 0.3));
    cairo_pop_group_to_source(c);
    cairo_paint_with_alpha(c, 0.22);
  }
  draw_car(c, options.body, options.colour);
}

void text_with_shadow(cairo_t* c, double right, double baseline, double size, const std::string& text) {
  cairo_set_font_size(c, size);
  cairo_text_extents_t extents;
  cairo_text_extents(c, text.c_str(), &extents);
  const double x = right - extents.x_advance;
  cairo_move_to(c, x + 1.5, baseline + 1.5);
  use(c, rgb(0x000000), 0.8);
  cairo_show_text(c, text.c_str());
  cairo_move_to(c, x, baseline);
  use(c, rgb(0xffffff));
  cairo_show_text(c, text.c_str());
}

}  // namespace

struct Scene::Layers {
  Surface still;
};

Scene::Scene(SceneOptions options) : options_(std::move(options)), layers_(std::make_unique<Layers>()) {
  layers_->still = make_surface(options_.width, options_.height);
  const Context context = context_of(layers_->still.get(), options_);
  draw_bay(context.get(), options_.pit_number % 2 == 0);
  draw_parked_car(context.get(), options_);
  cairo_surface_flush(layers_->still.get());
}

Scene::~Scene() = default;

void Scene::draw(Timestamp t, std::uint8_t* pixels, int stride) {
  const std::uint8_t* still = cairo_image_surface_get_data(layers_->still.get());
  const int still_stride = cairo_image_surface_get_stride(layers_->still.get());
  for (int row = 0; row < options_.height; ++row)
    std::memcpy(pixels + static_cast<std::ptrdiff_t>(row) * stride,
                still + static_cast<std::ptrdiff_t>(row) * still_stride, static_cast<std::size_t>(options_.width) * 4);

  const Surface frame(
      cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, options_.width, options_.height, stride));
  const Context context = context_of(frame.get(), options_);
  cairo_t* c = context.get();

  // The film advances along the car once an hour, and the technician with it,
  // smoothing its edge up and down.
  const double seconds = std::chrono::duration<double>(t.time_since_epoch()).count();
  const double progress = std::fmod(seconds / 3'600 + options_.pit_number * 0.37, 1.0);
  const double edge = 90 + progress * (car_length(options_.body) - 210);
  {
    const Saved saved(c);
    turn_if_needed(c, options_);
    {
      const Saved at_car(c);
      cairo_translate(c, kCarLeft, kCarGround);
      draw_film(c, options_.body, edge);
    }
    const double stroke = seconds * 1.9 + options_.pit_number;
    const double reach = std::sin(stroke) * (0.75 + 0.25 * std::sin(seconds * 0.31));
    draw_technician(c, kCarLeft + edge - 100 + 6 * std::sin(seconds * 0.23), reach, std::sin(stroke * 0.5));
  }

  cairo_select_font_face(c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  text_with_shadow(c, 1254, 658, 25, options_.title);
  cairo_select_font_face(c, "DejaVu Sans Mono", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  text_with_shadow(c, 1254, 696, 27, clock_text(t));
  cairo_surface_flush(frame.get());
}

std::string clock_text(Timestamp t) {
  const auto local = t + kLocalOffset;
  const auto whole = std::chrono::floor<std::chrono::seconds>(local);
  const std::time_t time = whole.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&time, &parts);  // the offset is already in it
  char text[48];
  const std::size_t size = std::strftime(text, sizeof text, "%d %b %Y  %H:%M:%S", &parts);
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(local - whole).count() / 100;
  return std::string(text, size) + "." + std::to_string(tenths);
}

}  // namespace pitview::sim
