#include "photos.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include <algorithm>
#include <array>
#include <memory>

namespace pitview::reports {
namespace {

struct Unreference {
  void operator()(void* object) const { g_object_unref(object); }
};
using Pixbuf = std::unique_ptr<GdkPixbuf, Unreference>;

// Before a pixel is decoded: a JPEG is then decoded small, and nobody makes us fill memory.
void shrink(GdkPixbufLoader* loader, int width, int height, gpointer side) {
  const int most = *static_cast<int*>(side);
  const int longer = std::max(width, height);
  if (longer <= most) return;
  gdk_pixbuf_loader_set_size(loader, std::max(1, width * most / longer), std::max(1, height * most / longer));
}

bool is_known(const std::string& content_type) {
  constexpr std::array kKnown = {"image/jpeg", "image/png", "image/webp"};
  return std::ranges::find(kKnown, content_type) != kKnown.end();
}

Pixbuf decode(const Photo& photo, int side) {
  // By its name only: the library knows formats that nobody uploads (SVG, ANI …).
  const std::unique_ptr<GdkPixbufLoader, Unreference> loader(
      gdk_pixbuf_loader_new_with_mime_type(photo.content_type.c_str(), nullptr));
  if (!loader) return nullptr;
  g_signal_connect(loader.get(), "size-prepared", G_CALLBACK(shrink), &side);
  const bool is_read = gdk_pixbuf_loader_write(loader.get(), reinterpret_cast<const guchar*>(photo.bytes.data()),
                                               photo.bytes.size(), nullptr) != 0;
  const bool is_whole = gdk_pixbuf_loader_close(loader.get(), nullptr) != 0;
  GdkPixbuf* decoded = is_read && is_whole ? gdk_pixbuf_loader_get_pixbuf(loader.get()) : nullptr;
  return Pixbuf(decoded == nullptr ? nullptr : gdk_pixbuf_apply_embedded_orientation(decoded));
}

Pixbuf on_white(Pixbuf picture) {
  if (gdk_pixbuf_get_has_alpha(picture.get()) == 0) return picture;
  return Pixbuf(gdk_pixbuf_composite_color_simple(picture.get(), gdk_pixbuf_get_width(picture.get()),
                                                  gdk_pixbuf_get_height(picture.get()), GDK_INTERP_BILINEAR, 255, 16,
                                                  0xffffff, 0xffffff));
}

}  // namespace

std::optional<Photo> fit_for_paper(Photo photo) {
  auto fitted = load_picture(photo, kPhotoSide);
  if (!fitted) return std::nullopt;
  photo.bytes = std::move(fitted->jpeg);
  photo.content_type = "image/jpeg";
  photo.width = fitted->width;
  photo.height = fitted->height;
  return photo;
}

std::optional<Picture> load_picture(const Photo& photo, int side) {
  if (photo.width > 0) return Picture{photo.bytes, photo.width, photo.height, photo.caption};
  if (!is_known(photo.content_type)) return std::nullopt;
  Pixbuf picture = decode(photo, side);
  if (picture) picture = on_white(std::move(picture));
  if (!picture) return std::nullopt;
  gchar* bytes = nullptr;
  gsize size = 0;
  if (gdk_pixbuf_save_to_buffer(picture.get(), &bytes, &size, "jpeg", nullptr, "quality", "84", nullptr) == 0)
    return std::nullopt;
  Picture made{.jpeg = std::string(bytes, size),
               .width = gdk_pixbuf_get_width(picture.get()),
               .height = gdk_pixbuf_get_height(picture.get()),
               .caption = photo.caption};
  g_free(bytes);
  return made;
}

std::vector<Picture> load_pictures(const std::vector<Photo>& photos, int side) {
  std::vector<Picture> pictures;
  for (const Photo& photo : photos)
    if (auto picture = load_picture(photo, side)) pictures.push_back(std::move(*picture));
  return pictures;
}

}  // namespace pitview::reports
