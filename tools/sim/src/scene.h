// The picture a virtual camera sees: a detailing bay with hexagonal ceiling
// lights, a car, a technician at work, a running clock.
//
// What does not move is drawn once; a frame copies it and draws the rest. One
// object per stream, one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "colour.h"
#include "pitview/base/time.h"

namespace pitview::sim {

enum class Body : std::uint8_t { sedan, suv };

// The body of a well-known model, by its name; a sedan when in doubt.
Body body_of(std::string_view car);

struct SceneOptions {
  int width = 1280;
  int height = 720;
  std::string title;  // "Pit 1 · Tata Harrier"
  Body body = Body::sedan;
  Colour colour;
  int pit_number = 1;  // decides direction, warmth of the light and the technician's rhythm
};

class Scene {
 public:
  explicit Scene(SceneOptions options);
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  // One frame as it looks at `t` into `pixels`: rows of `stride` bytes, 4 bytes
  // a pixel: blue, green, red, unused. stride >= 4 * width.
  void draw(Timestamp t, std::uint8_t* pixels, int stride);

 private:
  struct Layers;
  SceneOptions options_;
  std::unique_ptr<Layers> layers_;
};

// "24 Nov 2026  09:31:05.4" in the workshop's time.
std::string clock_text(Timestamp t);

}  // namespace pitview::sim
