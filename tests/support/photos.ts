// Photographs, as far as a server looks at them.

const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xff00 | marker, 0);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

/** Exif as a phone writes it: which side is up, and where it was. */
const exif = Buffer.concat([
  Buffer.from("Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0", "latin1"),
  Buffer.from("\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0", "latin1"),
  Buffer.from("GPS 28.4595 N 77.0266 E", "latin1"),
]);

/** A JPEG by its structure, with `padding` bytes of picture. */
export function jpeg(padding = 100, width = 1280, height = 960): Buffer {
  const size = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe1, exif),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, size),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.alloc(padding, 0x55),
    Buffer.from([0xff, 0xd9]),
  ]);
}
