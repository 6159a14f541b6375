import { expect, test } from "vitest";
import { at, sampleNow, sampleReading } from "../testing/samples";
import { hasPoorLevel, isStale, levelOf, markOf, valueText } from "./levels";

test.each([
  [0, "good"],
  [50, "good"],
  [50.1, "fair"],
  [51, "fair"],
  [100, "fair"],
  [100.1, "poor"],
  [101, "poor"],
  [500, "poor"],
])("an air quality of %d is %s", (value, level) => {
  expect(levelOf("aqi", value)).toBe(level);
});

test.each([
  ["temperature", 14.9, "poor"],
  ["temperature", 15, "fair"],
  ["temperature", 18, "good"],
  ["temperature", 26, "good"],
  ["temperature", 30.1, "poor"],
  ["humidity", 29, "poor"],
  ["humidity", 40, "good"],
  ["humidity", 61, "fair"],
  ["humidity", 71, "poor"],
] as const)("%s %d is %s", (quantity, value, level) => {
  expect(levelOf(quantity, value)).toBe(level);
});

test("a reading is stale after three missed reports", () => {
  const reading = sampleReading({ timestamp: at(0) });
  expect(isStale(reading, sampleNow + 30_000)).toBe(false);
  expect(isStale(reading, sampleNow + 30_001)).toBe(true);
  expect(isStale(null, sampleNow)).toBe(false);
});

test("nothing is judged that is missing, old, or not settled", () => {
  expect(markOf("aqi", null, false)).toBe("unknown");
  expect(markOf("aqi", sampleReading({ aqi: null }), false)).toBe("unknown");
  expect(markOf("aqi", sampleReading({ aqi: 300 }), true)).toBe("stale");
  expect(markOf("aqi", sampleReading({ aqi: 300, iaq_accuracy: 0 }), false)).toBe("settling");
  expect(markOf("temperature", sampleReading({ iaq_accuracy: 0 }), false)).toBe("good");
  expect(markOf("aqi", sampleReading({ aqi: 300, iaq_accuracy: null }), false)).toBe("poor");
});

test("zero is a value, not a missing one", () => {
  expect(valueText("temperature", sampleReading({ temperature: 0 }))).toBe("0.0");
  expect(valueText("aqi", sampleReading({ aqi: 0 }))).toBe("0");
  expect(valueText("aqi", sampleReading({ aqi: null }))).toBeNull();
});

test("one poor value makes the reading poor", () => {
  expect(hasPoorLevel(sampleReading())).toBe(false);
  expect(hasPoorLevel(sampleReading({ humidity: 80 }))).toBe(true);
});
