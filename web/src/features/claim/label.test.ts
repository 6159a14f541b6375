import { expect, test } from "vitest";
import { caretAfter, codeOf, codeSymbols, codeText, deviceIdOf, readFragment } from "./label";

const id = "ESP32-A4CF12B3D4E5";
const code = "K7QF2M9DXT";

test.each([
  ["as the QR has it", `#${id}/${code}`],
  ["in small letters", `#${id.toLowerCase()}/${code.toLowerCase()}`],
  ["with the dashes of the print", `#${id}/K7QF-2M9D-XT`],
  ["escaped by a scanner", `#${id}%2F${code}`],
])("the address %s is read", (_how, hash) => {
  expect(readFragment(hash)).toEqual({ deviceId: id, code });
});

test.each([
  ["nothing", "", null, null],
  ["the id alone", `#${id}`, id, null],
  ["a short code", `#${id}/K7QF2M9DX`, id, null],
  ["a long code", `#${id}/${code}T`, id, null],
  ["a symbol that no code has", `#${id}/K7QF2M9DXU`, id, null],
  ["a short id", `#ESP32-A4CF12B3D4/${code}`, null, code],
  ["more than two parts", `#${id}/${code}/x`, id, null],
  ["a broken escape", `#${id}/%zz`, null, null],
])("of an address with %s only the sound parts are taken", (_what, hash, deviceId, read) => {
  expect(readFragment(hash)).toEqual({ deviceId, code: read });
});

test.each([
  ["k7qf 2m9d xt", code],
  ["K7QF–2M9D–XT", null],
  ["o1il0-00000", "0111000000"],
  ["", null],
])("the code typed as %j is %j", (typed, read) => {
  expect(codeOf(typed)).toBe(read);
});

test("a code is grouped while it is typed", () => {
  const grouped = [..."k7qf2m9dxt99"].map((_c, i, all) =>
    codeText(codeSymbols(all.slice(0, i + 1).join(""))),
  );
  expect(grouped.slice(3)).toEqual([
    "K7QF",
    "K7QF-2",
    "K7QF-2M",
    "K7QF-2M9",
    "K7QF-2M9D",
    "K7QF-2M9D-X",
    "K7QF-2M9D-XT",
    "K7QF-2M9D-XT",
    "K7QF-2M9D-XT",
  ]);
});

test("the caret stays behind the symbol that was typed", () => {
  for (let count = 0; count <= code.length; ++count)
    expect(caretAfter(count)).toBe(codeText(code.slice(0, count)).length);
});

test.each([
  ["esp32-a4cf12b3d4e5", id],
  ["ESP32 A4CF12B3D4E5", id],
  ["a4:cf:12:b3:d4:e5", id],
  ["A4CFI2B3D4E5", id],
  ["ESP32-OOOOOOOOOOOL", "ESP32-000000000001"],
  ["A4CF12B3D4E", null],
  ["A4CF12B3D4EG", null],
])("the id typed as %j is %j", (typed, read) => {
  expect(deviceIdOf(typed)).toBe(read);
});
