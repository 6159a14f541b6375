const firstMs = 500;
const longestMs = 20_000;

/**
 * Full-jitter exponential back-off: a delay between half a step and a full step, doubling from
 * 0.5 s up to 20 s. The jitter keeps a whole workshop from reconnecting in the same instant after
 * a restart. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const step = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 16));
  return Math.round(step / 2 + (step / 2) * random);
}
