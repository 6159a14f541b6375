// A plain HTTP client that shows everything of a response and can come from any loopback address,
// because the server limits each address. Whatever it is answered must be in the OpenAPI document:
// a test file that sees something else fails at its end.
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { after } from "node:test";
import { faultOfAnswer } from "./openapi.ts";
import { stack } from "./stack.ts";

const undocumented = new Set<string>();
after(() => {
  assert.deepEqual([...undocumented], [], "answers that contracts/openapi.json does not tell of");
});

const octet = () => 1 + Math.floor(Math.random() * 250);
/** A new client, as far as the server can tell. */
export const newAddress = (): string => `127.${octet()}.${octet()}.${octet()}`;
const ownAddress = newAddress();

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, to be looked at
  json: any;
}

export interface Call {
  token?: string | undefined;
  /** Sent as JSON; `rawBody` is sent as it is. */
  body?: unknown;
  rawBody?: string | Buffer;
  headers?: Record<string, string>;
  from?: string;
  /** Of another server than the stack's. */
  port?: number;
}

export function call(method: string, path: string, options: Call = {}): Promise<Answer> {
  const body =
    options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== undefined) headers.Authorization = `Bearer ${options.token}`;
  if (body !== undefined) {
    headers["Content-Type"] ??= "application/json";
    headers["Content-Length"] ??= String(Buffer.byteLength(body));
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: stack.http.host,
        port: options.port ?? stack.http.port,
        method,
        path,
        headers,
        agent: false,
        timeout: 30_000,
        localAddress: options.from ?? ownAddress,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString("utf8");
          const isJson = /json/.test(response.headers["content-type"] ?? "");
          const json: unknown = isJson && text !== "" ? JSON.parse(text) : undefined;
          const status = response.statusCode ?? 0;
          const fault = faultOfAnswer(method, path, status, json);
          if (fault !== undefined) undocumented.add(fault);
          resolve({ status, headers: response.headers, text, bytes, json });
        });
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.on("error", reject);
    request.end(body);
  });
}

/** Sends bytes as they are and returns all that comes back until the server closes. */
export function rawExchange(bytes: string | Buffer, deadlineMs = 15_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: stack.http.host,
      port: stack.http.port,
      localAddress: newAddress(),
    });
    let text = "";
    socket.setEncoding("utf8");
    socket.setTimeout(deadlineMs, () => socket.destroy(new Error("the server did not close")));
    socket.on("data", (part: string) => {
      text += part;
    });
    socket.on("error", (error) => (text === "" ? reject(error) : resolve(text)));
    socket.on("close", () => resolve(text));
    socket.write(bytes);
  });
}
