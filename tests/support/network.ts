// Networks that are worse than this machine's: one that lets no UDP through, and a way on which
// packets are late and get lost.
import { execFileSync } from "node:child_process";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { after } from "node:test";

const undo: (() => void)[] = [];
after(() => {
  for (const step of undo.reverse()) step();
});

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}

export interface OtherNetwork {
  /** Of this machine, as the other network sees it. */
  address: string;
  /** Starts a program over there: words before the program's own. */
  through: string;
}

/** A network of its own, whose firewall lets every UDP packet out but into nothing. */
export function networkWithoutUdp(): OtherNetwork {
  const id = process.pid % 250;
  const name = `pitview${process.pid}`;
  const [here, there] = [`pv${process.pid}a`, `pv${process.pid}b`];
  const address = `10.254.${id}.1`;
  ip("netns", "add", name);
  undo.push(() => ip("netns", "del", name)); // with its end of the cable, and so with ours
  ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
  ip("addr", "add", `${address}/30`, "dev", here);
  ip("link", "set", here, "up");
  ip("-n", name, "addr", "add", `10.254.${id}.2/30`, "dev", there);
  ip("-n", name, "link", "set", there, "up");
  ip("-n", name, "link", "set", "lo", "up");
  ip("-n", name, "rule", "add", "ipproto", "udp", "prohibit");
  return { address, through: `ip netns exec ${name}` };
}

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A UDP port that hands on to another, both ways, late and not everything. */
export class LossyRelay {
  lost = 0;
  passed = 0;
  readonly #socket: Socket = createSocket("udp4");
  readonly #ways = new Map<string, Socket>();

  private constructor() {}

  static async start(to: number, delayMs: number, loss: number): Promise<LossyRelay> {
    const relay = new LossyRelay();
    const random = numbers(4711);
    const late = (send: () => void) => {
      if (random() < loss) {
        relay.lost += 1;
        return;
      }
      relay.passed += 1;
      setTimeout(send, delayMs);
    };
    relay.#socket.on("message", (packet: Buffer, from: RemoteInfo) => {
      let way = relay.#ways.get(`${from.port}`);
      if (way === undefined) {
        way = createSocket("udp4");
        way.on("message", (back) => late(() => relay.#send(relay.#socket, back, from.port)));
        way.on("error", () => {});
        relay.#ways.set(`${from.port}`, way);
      }
      const out = way;
      late(() => relay.#send(out, packet, to));
    });
    relay.#socket.on("error", () => {});
    await new Promise<void>((resolve) => relay.#socket.bind(0, "127.0.0.1", resolve));
    undo.push(() => relay.#end());
    return relay;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  #ended = false;
  #send(socket: Socket, packet: Buffer, port: number): void {
    if (!this.#ended) socket.send(packet, port, "127.0.0.1");
  }
  #end(): void {
    this.#ended = true;
    this.#socket.close();
    for (const way of this.#ways.values()) way.close();
  }
}
