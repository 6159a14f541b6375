import { setTimeout as pause } from "node:timers/promises";

export const defaultDeadlineMs = 10_000;

/**
 * Asks again until `probe` neither throws nor gives undefined, null, false or 0; fails with its
 * last complaint at the deadline.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  deadlineMs = defaultDeadlineMs,
): Promise<NonNullable<T>> {
  const end = Date.now() + deadlineMs;
  let complaint: unknown = "it never came";
  while (Date.now() < end) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false && value !== 0) return value;
    } catch (error) {
      complaint = error;
    }
    await pause(40);
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}`, { cause: complaint });
}

/** A number nobody else in this run uses: names, plates, sequence numbers. */
let last = 0;
export const unique = (): number => {
  last = Math.max(last + 1, Date.now() % 1_000_000_000);
  return last;
};
