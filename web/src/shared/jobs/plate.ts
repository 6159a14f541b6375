/**
 * Indian plates are read in groups (DL 01 AB 1234) however they were typed; any other plate stays
 * as it is.
 */
export function plateText(plate: string): string {
  const compact = plate.replace(/[\s-]/g, "").toUpperCase();
  // Delhi writes a letter for the kind of vehicle behind a one-digit district: DL 8C AX 1204.
  const groups =
    /^(DL)(\d[A-Z])([A-Z]{2})(\d{1,4})$/.exec(compact) ??
    /^([A-Z]{2})(\d{1,2})([A-Z]{0,3})(\d{1,4})$/.exec(compact);
  if (groups === null) return plate.trim().toUpperCase();
  return groups
    .slice(1)
    .filter((group) => group !== "")
    .join(" ");
}
