/** Small checked readers for what arrives from the server. Each throws on a wrong shape. */

export class ParseError extends Error {
  override name = "ParseError";
}

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ParseError(`${what}: not an object`);
  }
  return value as Fields;
}

export function text(from: Fields, name: string): string {
  const value = from[name];
  if (typeof value !== "string") throw new ParseError(`${name}: not a string`);
  return value;
}

export function number(from: Fields, name: string): number {
  const value = from[name];
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new ParseError(`${name}: not a number`);
  }
  return value;
}

export function integer(from: Fields, name: string): number {
  const value = number(from, name);
  if (!Number.isInteger(value)) throw new ParseError(`${name}: not an integer`);
  return value;
}

export function flag(from: Fields, name: string): boolean {
  const value = from[name];
  if (typeof value !== "boolean") throw new ParseError(`${name}: not a boolean`);
  return value;
}

/** UTC ISO-8601, kept as text. */
export function timestamp(from: Fields, name: string): string {
  const value = text(from, name);
  if (Number.isNaN(Date.parse(value))) throw new ParseError(`${name}: not a timestamp`);
  return value;
}

export function oneOf<T extends string>(from: Fields, name: string, allowed: readonly T[]): T {
  const value = from[name];
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new ParseError(`${name}: not one of ${allowed.join(", ")}`);
  return found;
}

/** Absent values are null on the wire; an absent field means the same. */
export function nullable<T>(
  read: (from: Fields, name: string) => T,
  from: Fields,
  name: string,
): T | null {
  const value = from[name];
  return value === null || value === undefined ? null : read(from, name);
}

export function list<T>(from: Fields, name: string, read: (value: unknown) => T): T[] {
  return listOf(read)(from[name]);
}

/** Reader of a bare list. */
export function listOf<T>(read: (value: unknown) => T): (value: unknown) => T[] {
  return (value) => {
    if (!Array.isArray(value)) throw new ParseError("not a list");
    return value.map(read);
  };
}
