import type { Pit } from "../../shared/api/model";

/** The pits as places for a device. */

export interface PitGroups {
  free: readonly Pit[];
  /** With a device that the new one would replace. */
  occupied: readonly Pit[];
}

/** Each group in the order of the pit numbers. */
export function groupsOf(pits: readonly Pit[]): PitGroups {
  const sorted = [...pits].sort((a, b) => a.pit_number - b.pit_number);
  return {
    free: sorted.filter((pit) => pit.device === null),
    occupied: sorted.filter((pit) => pit.device !== null),
  };
}

/** The pit where this device is at work already: the page was loaded again, or an answer was lost. */
export const pitOf = (deviceId: string, pits: readonly Pit[]): Pit | null =>
  pits.find((pit) => pit.device?.device_id === deviceId) ?? null;
