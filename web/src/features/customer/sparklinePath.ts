import type { Sample } from "../../shared/api/model";
import type { Quantity } from "../../shared/sensors/levels";

export interface Box {
  width: number;
  height: number;
}

const buckets = 60;
/** So many empty buckets in a row are a gap in the line, not a slow sensor. */
const gapBuckets = 3;
/** The smallest span of the scale: small noise must look small. */
const smallestSpan: Record<Quantity, number> = { temperature: 3, humidity: 8, aqi: 25 };

/** SVG path of the averaged readings between two times; empty when there are fewer than two. */
export function sparklinePath(
  points: readonly Sample[],
  quantity: Quantity,
  fromMs: number,
  toMs: number,
  { width, height }: Box,
): string {
  const means = bucketMeans(points, quantity, fromMs, toMs);
  if (means.length < 2) return "";
  const values = means.map(({ mean }) => mean);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = Math.max(high - low, smallestSpan[quantity]);
  const bottom = (low + high) / 2 - span / 2;
  let path = "";
  let before = Number.NEGATIVE_INFINITY;
  for (const { bucket, mean } of means) {
    const x = (bucket / (buckets - 1)) * width;
    const y = height - ((mean - bottom) / span) * height;
    path += `${bucket - before > gapBuckets ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    before = bucket;
  }
  return path;
}

function bucketMeans(
  points: readonly Sample[],
  quantity: Quantity,
  fromMs: number,
  toMs: number,
): { bucket: number; mean: number }[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const point of points) {
    const value = point[quantity];
    if (value === null) continue;
    const share = (Date.parse(point.timestamp) - fromMs) / (toMs - fromMs);
    if (share < 0) continue;
    const bucket = Math.min(buckets - 1, Math.floor(share * buckets));
    const known = sums.get(bucket) ?? { sum: 0, count: 0 };
    sums.set(bucket, { sum: known.sum + value, count: known.count + 1 });
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([bucket, { sum, count }]) => ({ bucket, mean: sum / count }));
}
