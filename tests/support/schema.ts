// JSON Schema, as much of it as our contracts use.

export interface Schema {
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  $ref?: string;
}

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};

const isOfType = (value: unknown, wanted: string): boolean =>
  typeOf(value) === wanted || (wanted === "number" && typeOf(value) === "integer");

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function faultsOfText(text: string, schema: Schema, at: string): string[] {
  const faults: string[] = [];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(text))
    faults.push(`${at}: "${text}" is not ${schema.pattern}`);
  if (text.length < (schema.minLength ?? 0)) faults.push(`${at}: too short`);
  if (text.length > (schema.maxLength ?? Number.POSITIVE_INFINITY)) faults.push(`${at}: too long`);
  if (schema.format === "date-time" && !isoTime.test(text))
    faults.push(`${at}: "${text}" is no time`);
  return faults;
}

function faultsOfObject(
  value: Record<string, unknown>,
  schema: Schema,
  all: Record<string, unknown>,
  at: string,
): string[] {
  const faults = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${at}.${name} is missing`);
  for (const [name, member] of Object.entries(value)) {
    const own = schema.properties?.[name];
    if (own !== undefined) faults.push(...faultsOf(member, own, all, `${at}.${name}`));
    else if (schema.additionalProperties === false) faults.push(`${at}.${name} is not described`);
  }
  return faults;
}

/** What is wrong with the value, one line each. `all`: the schemas of `#/components/schemas/…`. */
export function faultsOf(
  value: unknown,
  schema: Schema,
  all: Record<string, unknown>,
  at = "$",
): string[] {
  if (schema.$ref !== undefined) {
    const named = all[schema.$ref.replace("#/components/schemas/", "")];
    if (named === undefined) return [`${at}: there is no schema ${schema.$ref}`];
    return faultsOf(value, named as Schema, all, at);
  }
  if (schema.anyOf !== undefined) {
    const tried = schema.anyOf.map((one) => faultsOf(value, one, all, at));
    return tried.some((faults) => faults.length === 0) ? [] : (tried[0] ?? []);
  }
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOfType(value, type)))
    return [`${at} is ${typeOf(value)}, not ${types.join(" or ")}`];
  const faults: string[] = [];
  if (schema.enum !== undefined && !schema.enum.includes(value))
    faults.push(`${at}: ${JSON.stringify(value)} is none of ${schema.enum.join(", ")}`);
  if (typeof value === "number") {
    if (value < (schema.minimum ?? value))
      faults.push(`${at}: ${value} is below ${schema.minimum}`);
    if (value > (schema.maximum ?? value))
      faults.push(`${at}: ${value} is above ${schema.maximum}`);
  }
  if (typeof value === "string") faults.push(...faultsOfText(value, schema, at));
  if (Array.isArray(value))
    value.forEach((item, index) => {
      if (schema.items) faults.push(...faultsOf(item, schema.items, all, `${at}[${index}]`));
    });
  else if (typeof value === "object" && value !== null)
    faults.push(...faultsOfObject(value as Record<string, unknown>, schema, all, at));
  return faults;
}
