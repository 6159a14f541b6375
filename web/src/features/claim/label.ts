/**
 * What a device's label says: its id and the code to claim it, as the QR carries them in the
 * address (…/claim#ESP32-A4CF12B3D4E5/K7QF2M9DXT) or as a person types them from the print.
 * The same typing is forgiven as by the server: any case, spaces, dashes, O for 0, I and L for 1.
 */

export interface Label {
  deviceId: string;
  /** Ten symbols without dashes. */
  code: string;
}

export const codeLength = 10;

/** Crockford's base 32: no I, L, O and U. */
const notOfCode = /[^0-9A-HJKMNP-TV-Z]/g;

const asPrinted = (typed: string): string =>
  typed.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");

/** The symbols of a code that is being typed; what cannot be in a code is left out. */
export const codeSymbols = (typed: string): string =>
  asPrinted(typed).replace(notOfCode, "").slice(0, codeLength);

/** In groups, as on the label: K7QF-2M9D-XT. */
export const codeText = (symbols: string): string =>
  [symbols.slice(0, 4), symbols.slice(4, 8), symbols.slice(8)].filter(Boolean).join("-");

/** Where the caret stands in codeText, after so many symbols. */
export const caretAfter = (symbols: number): number =>
  symbols + Math.floor(Math.max(symbols - 1, 0) / 4);

/** Null: not a whole code, or more than one. */
export function codeOf(typed: string): string | null {
  const symbols = asPrinted(typed).replace(/[\s-]/g, "");
  return symbols.length === codeLength && symbols === codeSymbols(symbols) ? symbols : null;
}

/** With or without its prefix, also as a MAC address with colons. Null: not an id. */
export function deviceIdOf(typed: string): string | null {
  const bare = typed.toUpperCase().replace(/[\s:-]/g, "");
  const digits = asPrinted(bare.replace(/^ESP32/, ""));
  return /^[0-9A-F]{12}$/.test(digits) ? `ESP32-${digits}` : null;
}

/** What of the label an address's fragment holds; null for what is missing or malformed. */
export function readFragment(hash: string): { deviceId: string | null; code: string | null } {
  const [id = "", code = "", ...more] = decoded(hash.replace(/^#/, "")).split("/");
  return { deviceId: deviceIdOf(id), code: more.length === 0 ? codeOf(code) : null };
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    // A broken escape: nothing of ours has any.
    return "";
  }
}
