// The API as its OpenAPI document describes it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stack.ts";

export interface Parameter {
  name: string;
  in: "path" | "query";
  required: boolean;
}

interface Media {
  schema: { type?: string; [member: string]: unknown };
}

export interface Operation {
  /** "GET /api/jobs/{id}" */
  name: string;
  method: string;
  /** With {names}. */
  template: string;
  permission: string;
  parameters: Parameter[];
  hasBody: boolean;
  /** Of a file, taken as it is. */
  takesBytes: boolean;
  /** By status; the description of a problem lists its codes. */
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

interface Written {
  operationId: string;
  summary: string;
  "x-permission": string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, unknown> };
  responses: Operation["responses"];
}

interface Document {
  paths: Record<string, Record<string, Written>>;
  /** The roles that have a permission. */
  "x-permissions": Record<string, string[]>;
  components: { schemas: Record<string, unknown> };
}

/** As committed; contract.test.ts compares it with what the server serves. */
export const document = JSON.parse(
  readFileSync(join(root, "contracts/openapi.json"), "utf8"),
) as Document;

export const permissions = document["x-permissions"];

export const operations: Operation[] = Object.entries(document.paths).flatMap(
  ([template, methods]) =>
    Object.entries(methods).map(([method, written]) => ({
      name: `${method.toUpperCase()} ${template}`,
      method: method.toUpperCase(),
      template,
      permission: written["x-permission"],
      parameters: written.parameters ?? [],
      hasBody: written.requestBody !== undefined,
      takesBytes: written.requestBody?.content["application/json"] === undefined,
      responses: written.responses,
    })),
);

const patterns = operations
  .map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
  }))
  // "/api/devices/claim" before "/api/devices/{device_id}".
  .sort((a, b) => a.operation.parameters.length - b.operation.parameters.length);

/** Of the server as such, whatever is asked: broken HTTP. */
const ofEveryRequest = [
  "malformed_request",
  "request_timeout",
  "headers_too_large",
  "body_too_large",
  "method_not_allowed",
];

/** What is wrong when a request of the API is answered so; undefined when the document tells of it. */
export function faultOfAnswer(
  method: string,
  path: string,
  status: number,
  json: unknown,
): string | undefined {
  const asked = path.split("?")[0] ?? "";
  const found = patterns.find(
    ({ operation, pattern }) => operation.method === method && pattern.test(asked),
  );
  if (found === undefined) return undefined;
  const { name, responses } = found.operation;
  const documented = responses[String(status)];
  if (status < 400) return documented ? undefined : `${name}: ${status}`;
  const code = String((json as { code?: string } | undefined)?.code);
  if (ofEveryRequest.includes(code)) return undefined;
  const isTold = documented?.description.split(", ").includes(code);
  return isTold ? undefined : `${name}: ${status} ${code}`;
}
