import type { Reading } from "../api/model";

/**
 * What a reading means. The bands are defaults for film work; they move to the server when a
 * workshop can edit them.
 */

export type Level = "good" | "fair" | "poor";
export type Quantity = "temperature" | "humidity" | "aqi";

export const quantities: readonly Quantity[] = ["temperature", "humidity", "aqi"];

export interface Range {
  from: number;
  to: number;
}

interface Bands {
  ideal: Range;
  acceptable: Range;
}

export const bands: Readonly<Record<Quantity, Bands>> = {
  temperature: { ideal: { from: 18, to: 26 }, acceptable: { from: 15, to: 30 } },
  humidity: { ideal: { from: 40, to: 60 }, acceptable: { from: 30, to: 70 } },
  // Air quality: good up to 50, moderate up to 100, poor above.
  aqi: { ideal: { from: 0, to: 50 }, acceptable: { from: 0, to: 100 } },
};

const within = (value: number, { from, to }: Range): boolean => value >= from && value <= to;

export function levelOf(quantity: Quantity, value: number): Level {
  const { ideal, acceptable } = bands[quantity];
  if (within(value, ideal)) return "good";
  return within(value, acceptable) ? "fair" : "poor";
}

/** Readings come every 10 s; after three missed ones the last is no longer "now". */
export const staleAfterMs = 30_000;

/** How a value is to be shown: a judged level, or why there is no judgement. */
export type Mark = Level | "settling" | "stale" | "unknown";

export function isStale(reading: Reading | null, nowMs: number): boolean {
  return reading !== null && nowMs - Date.parse(reading.timestamp) > staleAfterMs;
}

export function markOf(quantity: Quantity, reading: Reading | null, stale: boolean): Mark {
  const value = reading?.[quantity] ?? null;
  if (value === null) return "unknown";
  if (stale) return "stale";
  // Accuracy 0: the gas sensor is still finding its baseline, its index means nothing yet.
  if (quantity === "aqi" && reading?.iaq_accuracy === 0) return "settling";
  return levelOf(quantity, value);
}

export function hasPoorLevel(reading: Reading | null): boolean {
  return quantities.some((quantity) => markOf(quantity, reading, false) === "poor");
}

/** 24.5 for degrees, whole numbers for the rest; null when there is no value. */
export function valueText(quantity: Quantity, reading: Reading | null): string | null {
  const value = reading?.[quantity] ?? null;
  if (value === null) return null;
  return value.toFixed(quantity === "temperature" ? 1 : 0);
}
