// Requests that no well-behaved client sends, and what every response carries.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, unique } from "../support/eventually.ts";
import { call, newAddress, rawExchange } from "../support/http.ts";
import { demo } from "../support/session.ts";
import { loginOf, logs } from "../support/stack.ts";

const bodyLimit = 64 * 1024;
const headerLimit = 8 * 1024;

/** The status, headers and problem of a raw response. */
function parse(text: string) {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
  return { status, head, body, code: /"code":"([a-z_]+)"/.exec(body)?.[1] };
}

describe("every problem document", () => {
  test("has type, title, status, code, detail and the id of its request", async () => {
    const token = (await demo("amit")).token;
    const problems = [
      await call("GET", "/nowhere"),
      await call("GET", "/api/nowhere"),
      await call("GET", "/api/pits"),
      await call("GET", "/api/jobs/999999", { token }),
      await call("DELETE", "/api/pits", { token }),
      await call("POST", "/api/jobs", { token, rawBody: "{" }),
      await call("POST", "/api/jobs", { token, body: {} }),
      await call("POST", "/api/jobs", { token, rawBody: "x".repeat(bodyLimit + 1) }),
      await call("GET", "/ws", { token }),
    ];
    for (const { status, json, headers, text } of problems) {
      assert.ok(status >= 400 && status < 500, text);
      assert.equal(headers["content-type"], "application/problem+json", text);
      assert.equal(json.type, "about:blank");
      assert.equal(json.status, status);
      for (const member of ["title", "code", "detail", "request_id"]) {
        assert.equal(typeof json[member], "string", `${member} of ${text}`);
        assert.notEqual(json[member], "", `${member} of ${text}`);
      }
      assert.equal(json.request_id, headers["x-request-id"]);
      assert.match(json.code, /^[a-z_]+$/);
    }
  });

  test("is no mirror: it does not repeat what was sent", async () => {
    const marker = `<script>${unique()}</script>`;
    const token = (await demo("amit")).token;
    const body = { [marker]: marker, customer_name: 5, pit_id: marker };
    for (const answer of [
      await call("POST", "/api/jobs", { token, body }),
      await call("GET", `/api/jobs?status=${encodeURIComponent(marker)}`, { token }),
      await call("GET", `/${encodeURIComponent(marker)}`),
    ])
      assert.ok(!answer.text.includes(marker), answer.text);
  });
});

describe("a body", () => {
  const login = (rawBody: string | Buffer, headers: Record<string, string> = {}) =>
    call("POST", "/api/auth/login", { rawBody, headers, from: newAddress() });

  test("at the limit is read, one byte more is body_too_large", async () => {
    const wrap = (size: number) => {
      const frame = JSON.stringify({ username: "u", password: "p", pad: "" });
      return frame.replace('"pad":""', `"pad":"${"x".repeat(size - frame.length)}"`);
    };
    assert.equal((await login(wrap(bodyLimit))).status, 401);
    const larger = await login(wrap(bodyLimit + 1));
    assert.equal(larger.status, 413);
    assert.equal(larger.json.code, "body_too_large");
  });

  test("over the limit in chunks is refused as well", async () => {
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    const answer = parse(
      await rawExchange(
        `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`,
      ),
    );
    assert.equal(answer.status, 413);
    assert.equal(answer.code, "body_too_large");
  });

  test("of 1 TB is refused before it is sent", async () => {
    const answer = parse(
      await rawExchange(
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n",
      ),
    );
    assert.equal(answer.status, 413);
  });

  test("that is no JSON is malformed_json", async () => {
    for (const body of [
      "{",
      "",
      "nonsense",
      '{"username":"a",}',
      "{'a':1}",
      '{"a":NaN}',
      "\u0000",
      "[".repeat(5000),
      '{"username":"a"} x',
    ]) {
      const answer = await login(body);
      assert.equal(answer.status, 400, `${body.slice(0, 30)}: ${answer.status} ${answer.text}`);
      assert.equal(answer.json.code, "malformed_json");
    }
    const latin = await login(Buffer.from('{"username":"\xe9","password":"x"}', "latin1"));
    assert.equal(latin.status, 400);
  });

  test("of another shape is validation_failed", async () => {
    for (const body of [
      "[]",
      "null",
      "5",
      '"text"',
      '{"username":5,"password":{}}',
      '{"username":"a"}',
    ]) {
      const answer = await login(body);
      assert.equal(answer.status, 422, `${body}: ${answer.status}`);
      assert.equal(answer.json.code, "validation_failed");
    }
  });

  test("with the same member twice is refused, not guessed", async () => {
    const answer = await login('{"username":"a","password":"b","password":"c"}');
    assert.ok([400, 422].includes(answer.status), answer.text);
  });
});

describe("an address", () => {
  test("that is unknown is 404, below /api too", async () => {
    for (const path of [
      "/nothing.js",
      "/api",
      "/api/",
      "/api/pits/",
      "/api/auth",
      "/apix",
      "//api/pits",
      "/API/pits",
    ]) {
      const answer = await call("GET", path);
      assert.equal(answer.status, 404, `${path}: ${answer.status}`);
      assert.equal(answer.json.code, "not_found");
    }
  });

  test("asked with the wrong method says which it takes", async () => {
    for (const [method, path, allow] of [
      ["DELETE", "/api/jobs", ["GET", "POST"]],
      ["PUT", "/api/jobs/1", ["GET"]],
      ["GET", "/api/auth/login", ["POST"]],
      ["POST", "/api/jobs/1/status", ["PATCH"]],
      ["POST", "/healthz", ["GET"]],
    ] as const) {
      const answer = await call(method, path);
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.equal(answer.json.code, "method_not_allowed");
      const allowed = String(answer.headers.allow).split(", ");
      for (const one of allow) assert.ok(allowed.includes(one), `${path}: Allow: ${allowed}`);
      assert.ok(!allowed.includes(method));
    }
  });

  test("leads to no file outside the web's folder", async () => {
    const tries = [
      "/../../../../etc/passwd",
      "/..%2f..%2f..%2f..%2fetc/passwd",
      "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
      "/assets/../../package.json",
      "/assets/..%2f..%2fpackage.json",
      "/assets/..%5c..%5cpackage.json",
      "/.vite/manifest.json",
      "/assets//etc/passwd",
      "/etc/passwd",
      "/app/../../package.json",
      "/app/%2e%2e/%2e%2e/package.json",
      "/index.html%00.js",
      "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    ];
    for (const path of tries) {
      const answer = parse(
        await rawExchange(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
      assert.doesNotMatch(answer.body, /root:|"dependencies"|isEntry/);
    }
  });

  test("with a broken escape is malformed", async () => {
    for (const path of ["/api/jobs?x=%zz", "/api/jobs/%zz", "/%"]) {
      const answer = parse(
        await rawExchange(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
    }
  });
});

describe("headers", () => {
  test("beyond the limit are headers_too_large", async () => {
    const answer = parse(
      await rawExchange(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(headerLimit)}\r\n\r\n`),
    );
    assert.equal(answer.status, 431);
    assert.equal(answer.code, "headers_too_large");
    const address = parse(
      await rawExchange(`GET /${"x".repeat(headerLimit)} HTTP/1.1\r\nHost: x\r\n\r\n`),
    );
    assert.ok([414, 431].includes(address.status), String(address.status));
  });

  test("that two readers could understand differently are refused", async () => {
    const post = "POST /api/auth/login HTTP/1.1\r\n";
    for (const [what, bytes] of [
      ["no Host", "GET / HTTP/1.1\r\n\r\n"],
      ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
      ["two lengths", `${post}Host: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x`],
      [
        "length and chunks",
        `${post}Host: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      ["a negative length", `${post}Host: x\r\nContent-Length: -1\r\n\r\n`],
      ["an unknown transfer encoding", `${post}Host: x\r\nTransfer-Encoding: gzip\r\n\r\n`],
      ["a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"],
      ["HTTP/2 without being asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
      ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
    ] as const) {
      const text = await rawExchange(bytes);
      assert.equal(parse(text).status, 400, `${what}: ${text.slice(0, 60)}`);
    }
  });

  test("cannot pretend another address: a stranger's X-Forwarded-For is not believed", async () => {
    const from = newAddress();
    for (let i = 0; i < 5; ++i)
      await call("POST", "/api/auth/login", {
        from,
        headers: { "X-Forwarded-For": newAddress() },
        body: { username: "kiran", password: "wrong" },
      });
    const locked = await call("POST", "/api/auth/login", {
      from,
      headers: { "X-Forwarded-For": newAddress() },
      body: { username: "kiran", password: loginOf("kiran").password },
    });
    assert.equal(locked.status, 429);
  });

  test("of every response keep the page to itself", async () => {
    for (const path of [
      "/",
      "/app",
      "/app/pits/1",
      "/api/pits",
      "/api/docs",
      "/nowhere",
      "/healthz",
    ]) {
      const { headers } = await call("GET", path);
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /default-src 'self'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|data:|\*/, path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.equal(headers["x-frame-options"], "DENY", path);
      assert.equal(headers["referrer-policy"], "no-referrer", path);
      assert.equal(headers.server, undefined, "no need to say what runs here");
    }
  });
});

describe("the pages", () => {
  test("are the customer's at / and the console's at /app and below", async () => {
    const [customer, console_, below] = [
      await call("GET", "/"),
      await call("GET", "/app"),
      await call("GET", "/app/pits/7"),
    ];
    for (const page of [customer, console_, below]) {
      assert.equal(page.status, 200);
      assert.match(String(page.headers["content-type"]), /^text\/html/);
      assert.equal(page.headers["cache-control"], "no-cache");
      assert.doesNotMatch(
        page.text,
        /<script(?![^>]*\bsrc=)/,
        "inline scripts are against the policy",
      );
    }
    assert.notEqual(customer.text, console_.text);
    assert.equal(console_.text, below.text);
  });

  test("find all their files, which browsers may keep for good", async () => {
    const { text } = await call("GET", "/");
    const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) =>
      String(match[1]),
    );
    assert.ok(files.length >= 2);
    for (const file of files) {
      const answer = await call("GET", file);
      assert.equal(answer.status, 200, file);
      assert.match(String(answer.headers["cache-control"]), /immutable/);
    }
  });

  test("are not sent again when the browser has them", async () => {
    const first = await call("GET", "/");
    const again = await call("GET", "/", {
      headers: { "If-None-Match": String(first.headers.etag) },
    });
    assert.equal(again.status, 304);
    assert.equal(again.text, "");
  });
});

describe("health", () => {
  test("is told without signing in, and answers of the API are not kept by caches", async () => {
    assert.deepEqual((await call("GET", "/healthz")).json, { status: "ok" });
    assert.deepEqual((await call("GET", "/readyz")).json, {
      status: "ready",
      database: "up",
      ingest: "up",
    });
    const pits = await (await demo("amit")).get("/api/pits");
    assert.equal(pits.headers["cache-control"], "no-store");
  });

  test("of the log: one JSON object a line, with the request ids that clients were told", async () => {
    const { headers } = await call("GET", "/healthz");
    // The line is written after the answer, so the client may be the faster one.
    const lines = await eventually("the request is in the log", () => {
      const written = String(logs().get("server.log")).trimEnd().split("\n");
      return written.some((line) => line.includes(String(headers["x-request-id"])))
        ? written
        : undefined;
    });
    for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line.slice(0, 200));
  });
});
