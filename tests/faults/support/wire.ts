// The wire between server and broker, which a test can cut in the ways in which wires are cut.
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * - whole: everything passes.
 * - closed: connections end with a reset, new ones too.
 * - hole: nothing passes and nobody is told, as when a cable is pulled; new connections hang. Once
 *   whole again, what was underway arrives, as TCP repeats it.
 * - slow: a few bytes at a time, each late.
 */
export type Condition = "whole" | "closed" | "hole" | "slow";

const slowBytes = 2_048;
const slowMs = 100;

/** One direction of one connection. Nothing is read while nothing passes. */
class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #condition: () => Condition;
  #ended = false;
  #busy = false;

  constructor(from: Socket, to: Socket, condition: () => Condition) {
    this.#from = from;
    this.#to = to;
    this.#condition = condition;
    from.on("readable", () => this.pass());
    from.on("end", () => {
      this.#ended = true;
      this.pass();
    });
    to.on("drain", () => this.pass());
  }

  pass(): void {
    if (this.#busy || this.#to.destroyed) return;
    const condition = this.#condition();
    if (condition === "hole") return;
    const available = this.#from.readableLength;
    const size = condition === "slow" ? Math.min(slowBytes, available) : available;
    const part: Buffer | null = size > 0 ? this.#from.read(size) : this.#from.read();
    if (part === null) {
      if (this.#ended) this.#to.end();
      return;
    }
    const hasRoom = this.#to.write(part);
    if (condition === "slow") {
      this.#busy = true;
      setTimeout(() => {
        this.#busy = false;
        this.pass();
      }, slowMs);
    } else if (hasRoom) {
      setImmediate(() => this.pass());
    }
  }
}

interface Connection {
  sockets: [Socket, Socket];
  directions: Direction[];
}

export class Wire {
  readonly #server: Server;
  readonly #target: number;
  readonly #connections = new Set<Connection>(); // those that it has not forgotten
  readonly #sockets = new Set<Socket>();
  #condition: Condition = "whole";
  #forgotten = 0; // how often it has
  /** Connections that somebody made through it. */
  made = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near));
  }

  /** A port on loopback from which everything goes to that other one. */
  static async to(target: number): Promise<Wire> {
    const wire = new Wire(target);
    await new Promise<void>((resolve) => wire.#server.listen(0, "127.0.0.1", resolve));
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  become(condition: Condition): void {
    this.#condition = condition;
    if (condition === "closed") this.#reset();
    for (const { directions } of this.#connections) for (const one of directions) one.pass();
  }

  /**
   * Whoever was in the middle has forgotten the connections of now: whole for new ones, while the
   * old ones hang for ever.
   */
  forget(): void {
    this.#connections.clear();
    this.#forgotten += 1;
    this.become("whole");
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #reset(): void {
    for (const { sockets } of this.#connections) for (const one of sockets) one.resetAndDestroy();
    this.#connections.clear();
  }

  #accept(near: Socket): void {
    near.on("error", () => {}); // the close that follows says enough
    if (this.#condition === "closed") {
      near.resetAndDestroy();
      return;
    }
    this.made += 1;
    const far = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true });
    const era = this.#forgotten;
    const condition = (): Condition => (era === this.#forgotten ? this.#condition : "hole");
    const directions = [new Direction(near, far, condition), new Direction(far, near, condition)];
    const connection: Connection = { sockets: [near, far], directions };
    this.#connections.add(connection);
    far.on("error", () => {});
    const over = () => {
      if (condition() === "hole") return; // nobody is told
      this.#connections.delete(connection);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        over();
      });
    }
  }
}
