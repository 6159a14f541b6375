// The live connection: who sees what, in which order, and what a slow or foreign client gets.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { deviceAtWork } from "../support/devices.ts";
import { eventually } from "../support/eventually.ts";
import { call, newAddress, rawExchange } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { metric } from "../support/metrics.ts";
import { payloadOf, publishLines, publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn, signIn } from "../support/session.ts";
import { deviceAt, gloss, serverMemoryMb, shine, stack } from "../support/stack.ts";
import {
  newJob,
  newOperator,
  newPit,
  newWorkshop,
  runningJob,
  setStatus,
} from "../support/workshop.ts";

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const pit1 = deviceAt(shine, 1);
const pit2 = deviceAt(shine, 2);
const foreign = deviceAt(gloss, 1);
const pitIdsOf = (live: Live): number[] =>
  (live.frames[0]?.data.pits ?? []).map((pit: { id: number }) => pit.id);

describe("what a connection gets", () => {
  test("is a snapshot first, then what happens, with rising numbers and the server's time", async () => {
    const live = await Live.open(await demo("amit"));
    const timestamp = new Date().toISOString();
    await publishReading(pit1, { timestamp });
    await live.next("sensor_update", ({ data }) => data.timestamp === timestamp);
    assert.equal(live.frames[0]?.event, "snapshot");
    assert.equal(live.all("snapshot").length, 1);
    const pits = (await (await demo("amit")).get("/api/pits")).json;
    assert.deepEqual(
      live.frames[0]?.data.pits.map((pit: { id: number }) => pit.id),
      pits.map((pit: { id: number }) => pit.id),
    );
    let last = -1;
    for (const frame of live.frames) {
      assert.deepEqual(Object.keys(frame).sort(), ["data", "event", "seq", "ts"]);
      assert.match(frame.ts, isoTime);
      assert.ok(frame.seq >= last);
      last = frame.seq;
    }
    await live.close();
  });

  test("loses nothing between the snapshot and what follows it", async () => {
    const session = await demo("amit");
    // Newer than what was shown before, and not ahead of the clock, or later tests would be late.
    const newest = (await session.get(`/api/pits/${pit2.pit_id}`)).json.latest?.timestamp ?? 0;
    await eventually("the newest reading is 3 s old", () => Date.parse(newest) < Date.now() - 3000);
    const begin = Date.now() - 2500;
    const timeOf = (n: number) => new Date(begin + n).toISOString();
    const readings = Array.from({ length: 700 }, (_, n) =>
      payloadOf(pit2, { timestamp: timeOf(n) }),
    );
    const first = await Live.open(session);
    const sending = publishLines(pit2, readings);
    await first.next("sensor_update", ({ data }) => data.timestamp === timeOf(100));
    const connections = [first];
    for (let i = 0; i < 10; ++i) connections.push(await Live.open(session));
    await sending;
    const marker = timeOf(readings.length);
    await publishReading(pit2, { timestamp: marker });
    for (const live of connections) {
      await live.next("sensor_update", ({ data }) => data.timestamp === marker);
      // From the snapshot on, each next reading is newer: none is missing, none comes twice.
      const inSnapshot = live.frames[0]?.data.pits.find(
        (pit: { id: number }) => pit.id === pit2.pit_id,
      );
      const known = String(inSnapshot.latest?.timestamp ?? "");
      const times = live
        .all("sensor_update")
        .filter(({ data }) => data.pit_id === pit2.pit_id && data.timestamp > known)
        .map(({ data }) => String(data.timestamp));
      const meant = Array.from({ length: readings.length + 1 }, (_, n) => timeOf(n)).filter(
        (time) => time > known,
      );
      assert.deepEqual(times.slice(0, 3), meant.slice(0, 3), `after the snapshot's ${known}`);
      assert.deepEqual(times, meant);
    }
    for (const live of connections) await live.close();
  });

  test("are new jobs and their changes as whole jobs", async () => {
    const live = await Live.open(await demo("pooja"));
    const pitId = await newPit();
    const { job_id } = await newJob(pitId);
    await setStatus(job_id, "in_progress");
    const owner = await demo("amit");
    await owner.patch(`/api/jobs/${job_id}/stage`, { stage: 2 });
    await owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: "2036-01-01T00:00:00Z" });
    const last = await live.next(
      "job_status",
      ({ data }) => data.estimated_end_time === "2036-01-01T00:00:00.000Z",
    );
    const seen = live.all("job_status").filter(({ data }) => data.job_id === job_id);
    assert.deepEqual(
      seen.map(({ data }) => [data.status, data.current_stage]),
      [
        ["waiting", null],
        ["in_progress", 1],
        ["in_progress", 2],
        ["in_progress", 2],
      ],
    );
    const { progress: _, ...asRead } = (await owner.get(`/api/jobs/${job_id}`)).json;
    const { progress: __, ...asSent } = last.data;
    assert.deepEqual(asSent, asRead);
    await live.close();
  });
});

describe("who sees what", () => {
  const sockets: Live[] = [];
  after(async () => {
    for (const live of sockets) await live.close();
  });
  const open = async (session: SignedIn): Promise<Live> => {
    const live = await Live.open(session);
    sockets.push(live);
    return live;
  };
  test("readings reach the workshop's staff and that pit's customer, and nobody else", async () => {
    const sees = {
      owner: await open(await demo("amit")),
      manager: await open(await demo("pooja")),
      operator: await open(await demo("imran")),
      customer: await open(await demo("rohan")),
    };
    const blind = {
      customer: await open(await demo("sara")),
      owner: await open(await demo("neha")),
      stranger: await open(await demo("kiran")),
      operator: await open(await newOperator(await newPit())),
    };
    const timestamp = new Date().toISOString();
    await publishReading(pit1, { timestamp });
    for (const live of Object.values(sees))
      await live.next("sensor_update", ({ data }) => data.timestamp === timestamp);

    // Each of the others then gets something of its own, so what came before it would be there.
    const marker = new Date().toISOString();
    await publishReading(pit2, { timestamp: marker });
    await publishReading(foreign, { timestamp: marker });
    await blind.customer.next("sensor_update", ({ data }) => data.pit_id === pit2.pit_id);
    await blind.owner.next("sensor_update", ({ data }) => data.pit_id === foreign.pit_id);
    await blind.stranger.next("sensor_update", ({ data }) => data.pit_id === foreign.pit_id);
    for (const [who, live] of Object.entries(blind)) {
      assert.ok(!live.all("sensor_update").some(({ data }) => data.pit_id === pit1.pit_id), who);
      assert.ok(!pitIdsOf(live).includes(pit1.pit_id), who);
    }
    assert.deepEqual(pitIdsOf(sees.operator), [pit1.pit_id]);
    assert.deepEqual(pitIdsOf(sees.customer), [pit1.pit_id]);
    assert.deepEqual(pitIdsOf(blind.operator).length, 1);
    assert.deepEqual(blind.operator.all("sensor_update"), []);
  });

  test("jobs reach the own customer only, also inside one workshop", async () => {
    const mine = await runningJob(await newPit());
    const other = await runningJob(await newPit());
    const live = await open(mine.customer);
    const elsewhere = await open(await demo("neha"));
    const owner = await demo("amit");
    await owner.patch(`/api/jobs/${other.job_id}/stage`, { stage: 3 });
    await owner.patch(`/api/jobs/${mine.job_id}/stage`, { stage: 2 });
    await live.next("job_status", ({ data }) => data.current_stage === 2);
    assert.deepEqual(
      [...new Set(live.all("job_status").map(({ data }) => data.job_id))],
      [mine.job_id],
    );
    const job = await newJob(foreign.pit_id, {}, "neha");
    await elsewhere.next("job_status", ({ data }) => data.job_id === job.job_id);
    assert.deepEqual(elsewhere.all("job_status").length, 1);
    await setStatus(job.job_id, "cancelled", "neha");
  });

  test("a customer who waits gets the pit when the work begins", async () => {
    const created = await newJob(await newPit());
    const login = created.customer_credentials;
    assert.ok(login !== null);
    const live = await open(await signIn(login.username, login.password));
    assert.deepEqual(pitIdsOf(live), []);
    await setStatus(created.job_id, "in_progress");
    await live.next("snapshot", ({ data }) => data.pits[0]?.job?.job_id === created.job_id);
  });

  test("an operator does not see the next pit's job", async () => {
    const pitId = await newPit();
    const live = await open(await newOperator(pitId));
    const hidden = await newJob(await newPit());
    const shown = await newJob(pitId);
    await live.next("job_status", ({ data }) => data.job_id === shown.job_id);
    assert.ok(!live.all("job_status").some(({ data }) => data.job_id === hidden.job_id));
  });
});

describe("who comes back", () => {
  const open = new Set<Live>();
  const keep = (live: Live): Live => {
    open.add(live);
    return live;
  };
  after(async () => {
    for (const live of open) await live.close();
  });
  const jobsOf = (live: Live): [number, string][] =>
    live.all("job_status").map(({ data }) => [data.job_id, data.status]);

  test("gets what it missed: every job change in order, and the latest reading of each pit", async () => {
    const owner = await demo("amit");
    const first = await Live.open(owner);
    const seen = await newJob(await newPit());
    await first.next("job_status", ({ data }) => data.job_id === seen.job_id);
    const lastSeq = first.lastSeq;
    await first.close();

    const watcher = keep(await Live.open(owner));
    const missed = await newJob(await newPit());
    await setStatus(missed.job_id, "in_progress");
    const newest = new Date().toISOString();
    await publishLines(
      pit1,
      ["2 seconds", "1 second", "0 seconds"].map((ago) =>
        payloadOf(pit1, {
          timestamp: new Date(Date.parse(newest) - Number(ago[0]) * 1000).toISOString(),
        }),
      ),
    );
    await watcher.next("sensor_update", ({ data }) => data.timestamp === newest);

    const again = keep(await Live.resume(owner, lastSeq));
    assert.equal(again.frames[0]?.event, "resumed");
    assert.deepEqual(again.frames[0]?.data, { last_seq: lastSeq });
    await again.next("sensor_update", ({ data }) => data.timestamp === newest);
    assert.deepEqual(jobsOf(again), [
      [missed.job_id, "waiting"],
      [missed.job_id, "in_progress"],
    ]);
    const readings = again.all("sensor_update").map(({ data }) => data.pit_id);
    assert.equal(new Set(readings).size, readings.length, "one reading of each pit");
    assert.deepEqual(again.all("snapshot"), []);
    for (const [index, frame] of again.frames.entries())
      assert.ok(index === 0 || frame.seq > (again.frames[index - 1]?.seq ?? 0));

    // And goes on live from there, with nothing twice.
    await setStatus(missed.job_id, "completed");
    await again.next("job_status", ({ data }) => data.status === "completed");
    assert.equal(jobsOf(again).length, 3);
  });

  test("from a number that is not known gets a snapshot that says so", async () => {
    const owner = await demo("amit");
    const now = keep(await Live.open(owner));
    for (const lastSeq of [0, 1, now.lastSeq + 1_000_000, "abc", "-1", "9".repeat(30)]) {
      const live = keep(await Live.resume(owner, lastSeq));
      assert.equal(live.frames[0]?.event, "snapshot", `${lastSeq}`);
      assert.equal(live.frames[0]?.data.not_resumed, "unknown", `${lastSeq}`);
    }
    assert.equal(now.frames[0]?.data.not_resumed, null);
  });

  test("too late gets a snapshot that says so", async () => {
    const { owner, pitId } = await newWorkshop();
    const first = await Live.open(owner);
    const lastSeq = first.lastSeq;
    const watcher = keep(await Live.open(owner));
    await first.close();
    const body = { customer_name: "Many", car_model: "Many", car_plate: "Many", pit_id: pitId };
    const created = await owner.post("/api/jobs", {
      ...body,
      work_type: "Much",
      estimated_duration_minutes: 60,
    });
    const { job_id } = created.json;
    const statuses = ["in_progress", "on_hold"];
    for (let n = 0; n < 260; ++n) {
      const status = statuses[n % 2];
      assert.equal((await owner.patch(`/api/jobs/${job_id}/status`, { status })).status, 200);
    }
    await eventually("all of them", () => watcher.all("job_status").length === 261);
    const late = keep(await Live.resume(owner, lastSeq));
    assert.equal(late.frames[0]?.data.not_resumed, "too_old");
  });

  test("gets nothing of what it may not see, and a snapshot when that may have changed", async () => {
    const mine = await runningJob(await newPit());
    const [first, owner] = [await Live.open(mine.customer), await demo("amit")];
    const lastSeq = first.lastSeq;
    await first.close();
    const watcher = keep(await Live.open(owner));
    const timestamp = new Date().toISOString();
    await publishReading(pit2, { timestamp });
    await watcher.next("sensor_update", ({ data }) => data.timestamp === timestamp);
    const blind = keep(await Live.resume(mine.customer, lastSeq));
    assert.equal(blind.frames[0]?.event, "resumed");

    await newJob(await newPit());
    const anew = keep(await Live.resume(mine.customer, lastSeq));
    assert.equal(anew.frames[0]?.event, "snapshot");
    assert.equal(anew.frames[0]?.data.not_resumed, "rights");
    assert.deepEqual(pitIdsOf(anew), [mine.job.pit_id]);
    for (const live of [blind, anew]) {
      assert.deepEqual(live.all("sensor_update"), []);
      assert.deepEqual(live.all("job_status"), []);
    }
    await setStatus(mine.job_id, "completed");
  });

  test("with the number of somebody of another workshop gets nothing of theirs", async () => {
    const theirs = keep(await Live.open(await demo("amit")));
    const job = await newJob(await newPit());
    await theirs.next("job_status", ({ data }) => data.job_id === job.job_id);
    for (const lastSeq of [theirs.frames[0]?.seq ?? 0, theirs.lastSeq]) {
      const live = keep(await Live.resume(await demo("neha"), lastSeq));
      assert.deepEqual(live.all("job_status"), []);
      for (const { data } of live.all("sensor_update")) assert.equal(data.pit_id, foreign.pit_id);
    }
  });
});

/**
 * Connections that do not read, with a small receive buffer, so that the server feels it soon; Node
 * cannot set that. Once they are to listen, the first one reads until it has seen `marker`.
 */
class DeafClients {
  readonly #child: ChildProcess;
  #output = "";

  private constructor(queries: string[], marker: string) {
    const script = String.raw`
      use Socket; $| = 1; my @sockets;
      my ($host, $port, $marker, @queries) = @ARGV;
      for my $query (@queries) {
        socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
        setsockopt($s, SOL_SOCKET, SO_RCVBUF, 2048) or die $!;
        connect($s, sockaddr_in($port, inet_aton($host))) or die $!;
        syswrite($s, "GET /ws?$query HTTP/1.1\r\nHost: $host:$port\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          . "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        sysread($s, my $answer, 12);
        die $answer unless $answer eq "HTTP/1.1 101";
        push @sockets, $s;
      }
      print "connected\n";
      <STDIN>;
      my $seen = "";
      while (index($seen, $marker) < 0) { sysread($sockets[0], $seen, 65536, length $seen) or die "lost"; }
      print $seen, "\nend\n";
      sleep;`;
    const { host, port } = stack.http;
    this.#child = spawn("perl", ["-e", script, host, String(port), marker, ...queries], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(this.#child);
    this.#child.stdout?.on("data", (part: Buffer) => {
      this.#output += part.toString("latin1");
    });
  }

  static async connect(queries: string[], marker: string): Promise<DeafClients> {
    const clients = new DeafClients(queries, marker);
    await eventually("the deaf clients are connected", () =>
      clients.#output.startsWith("connected\n"),
    );
    return clients;
  }

  /** Everything that the first one gets to read. */
  async listen(): Promise<string> {
    this.#child.stdin?.write("\n");
    await eventually("the deaf client hears the newest", () => this.#output.endsWith("\nend\n"));
    return this.#output;
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** A handshake by hand; resolves to the socket and what the server answered. */
async function handshake(
  query: string,
  headers: Record<string, string>,
): Promise<{ socket: Socket; answer: string }> {
  const socket = connect({
    host: stack.http.host,
    port: stack.http.port,
    localAddress: newAddress(),
  });
  opened.push(socket);
  socket.on("error", () => {});
  const lines = {
    Host: `${stack.http.host}:${stack.http.port}`,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const head = Object.entries(lines)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  socket.write(`GET /ws?${query} HTTP/1.1\r\n${head}\r\n`);
  const answer = await new Promise<string>((resolve) => {
    socket.once("data", (part: Buffer) => resolve(part.toString("latin1")));
    socket.once("close", () => resolve(""));
  });
  return { socket, answer };
}
const opened: Socket[] = [];
after(() => {
  for (const socket of opened) socket.destroy();
});
const ticket = async (): Promise<string> =>
  `ticket=${(await (await demo("amit")).post("/api/ws-ticket")).json.ticket}`;

describe("other sites and broken clients", () => {
  test("a page of another site cannot connect, whatever ticket it has", async () => {
    const own = `http://${stack.http.host}:${stack.http.port}`;
    for (const origin of [
      "https://evil.example",
      "null",
      `${own}.evil.example`,
      "http://127.0.0.1",
      "",
    ]) {
      const { socket, answer } = await handshake(await ticket(), { Origin: origin });
      if (origin === "") assert.match(answer, /^HTTP\/1\.1 101/);
      else {
        assert.match(answer, /^HTTP\/1\.1 403/, `Origin: ${origin}`);
        assert.match(answer, /origin_refused/);
      }
      socket.destroy();
    }
    const { answer } = await handshake(await ticket(), { Origin: own });
    assert.match(answer, /^HTTP\/1\.1 101/);
  });

  test("a request that is no handshake is told so", async () => {
    const plain = await call("GET", "/ws");
    assert.equal(plain.status, 426);
    const old = await rawExchange(
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Key: x\r\n\r\n",
    );
    assert.match(old, /^HTTP\/1\.1 4\d\d/);
  });

  test("frames against the protocol end the connection and nothing else", async () => {
    const watcher = await Live.open(await demo("amit"));
    const mask = Buffer.from([1, 2, 3, 4]);
    const frames: [string, Buffer][] = [
      ["a frame without mask", Buffer.from([0x81, 0x01, 0x61])],
      ["reserved bits", Buffer.concat([Buffer.from([0xf1, 0x80]), mask])],
      ["an unknown opcode", Buffer.concat([Buffer.from([0x83, 0x80]), mask])],
      [
        "a frame of 2^62 bytes",
        Buffer.concat([Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0]), mask]),
      ],
      [
        "a message beyond the limit",
        Buffer.concat([Buffer.from([0x81, 0xfe, 0x40, 0x01]), mask, Buffer.alloc(0x4001)]),
      ],
      [
        "a ping of 126 bytes",
        Buffer.concat([Buffer.from([0x89, 0xfe, 0, 126]), mask, Buffer.alloc(126)]),
      ],
    ];
    for (const [what, frame] of frames) {
      const { socket, answer } = await handshake(await ticket(), {});
      assert.match(answer, /^HTTP\/1\.1 101/);
      socket.resume();
      const closed = new Promise<boolean>((resolve) => socket.once("close", () => resolve(true)));
      socket.write(frame);
      await eventually(`${what}: closed`, () => Promise.race([closed, Promise.resolve(false)]));
    }
    const timestamp = new Date().toISOString();
    await publishReading(pit1, { timestamp });
    await watcher.next("sensor_update", ({ data }) => data.timestamp === timestamp);
    await watcher.close();
  });

  test("what a client says is not listened to, and does no harm", async () => {
    const live = new WebSocket(`ws://${stack.http.host}:${stack.http.port}/ws?${await ticket()}`);
    const messages: unknown[] = [];
    live.addEventListener("message", ({ data }) => messages.push(data));
    await eventually("the snapshot", () => messages.length > 0);
    live.send("hello");
    live.send(JSON.stringify({ event: "sensor_update", data: {} }));
    const timestamp = new Date().toISOString();
    await publishReading(pit1, { timestamp });
    await eventually("still live", () =>
      messages.some((message) => String(message).includes(timestamp)),
    );
    live.close();
  });
});

describe("a client that does not read", () => {
  let memoryBefore = 0;
  before(async () => {
    memoryBefore = serverMemoryMb();
  });

  test("holds up nobody, takes no memory, and gets the latest and every job when it reads again", async () => {
    const subscribers = () => metric("pitview_live_subscribers");
    const superseded = () => metric("pitview_live_superseded");
    const good = await Live.open(await demo("amit"));
    const [before, supersededBefore] = [await subscribers(), await superseded()];
    const queries = await Promise.all(Array.from({ length: 20 }, ticket));
    const [herald, marker] = [await deviceAtWork(), new Date().toISOString()];
    const deaf = await DeafClients.connect(queries, marker);
    await eventually(
      "all are connected",
      async () => (await subscribers()) === before + queries.length,
    );
    let sent = 0;
    const perRound = 500;
    await eventually(
      "all of them have fallen behind",
      async () => {
        const device = deviceAt(shine, 1 + ((sent / perRound) % 3));
        await publishLines(
          device,
          Array.from({ length: perRound }, () => payloadOf(device, { timestamp: undefined })),
        );
        sent += perRound;
        await eventually(
          "the others get every reading",
          () => good.all("sensor_update").length === sent,
        );
        return (await superseded()) - supersededBefore > queries.length * perRound;
      },
      60_000,
    );
    const grown = serverMemoryMb() - memoryBefore;
    assert.ok(grown < 300, `${grown.toFixed(0)} MB more after ${sent} readings`);

    const job = await newJob(await newPit());
    await publishReading(herald, { timestamp: marker });
    const heard = await deaf.listen();
    assert.ok(heard.includes(`"job_id":${job.job_id},`), "a job is never left out");
    assert.ok(heard.split("sensor_update").length < sent, "readings are");
    deaf.end();
    await good.close();
  });
});
