// How much: small numbers for every ./pit test, large ones for ./pit faults; and chance that can
// be repeated.
export const full = process.env.PITVIEW_FAULTS === "full";

/** The small number, or the large one. */
export const scaled = (small: number, large: number): number => (full ? large : small);

export const devices = scaled(60, 1_000);
/**
 * Seconds from reading to reading. The server confirms once a second at most, so with one second a
 * device would have something waiting at every moment.
 */
export const intervalSeconds = 2;

/** How often, unless --rounds says otherwise. */
export const rounds = (small: number, large: number): number =>
  Number(process.env.PITVIEW_FAULT_ROUNDS || scaled(small, large));

export const seed = Number(process.env.PITVIEW_FAULT_SEED || Math.floor(Math.random() * 2 ** 31));
console.log(`chance: PITVIEW_FAULT_SEED=${seed}`);

/** From 0 to below 1: mulberry32, the same numbers for the same seed. */
let state = seed;
export function chance(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
export const between = (from: number, to: number): number => from + chance() * (to - from);
export function oneOf<T>(choices: readonly T[]): T {
  const choice = choices[Math.floor(chance() * choices.length)];
  if (choice === undefined) throw new Error("there is nothing to choose from");
  return choice;
}
