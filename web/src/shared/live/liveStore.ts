import type { Camera, Device, Job, Pit, Reading } from "../api/model";
import { isFinished } from "../jobs/jobStatus";
import type { LiveMessage } from "./messages";
import { sameContent } from "./sameContent";

/**
 * What the page knows live, by topic. A listener of one pit hears of that pit only, and a pit
 * object keeps its identity until its content changes: that is what keeps other cards from
 * rendering. Holds the data of one session; clear() forgets all of it.
 */

export type Topic = "pits" | "any-pit" | "connection" | `pit:${number}`;

export type ConnectionState = "connecting" | "live" | "reconnecting" | "forbidden";

export interface Connection {
  state: ConnectionState;
  /** A snapshot has arrived in this session, so an empty list means "nothing", not "unknown". */
  loaded: boolean;
  /** Failed attempts in a row. */
  failures: number;
}

const startConnection: Connection = { state: "connecting", loaded: false, failures: 0 };

export class LiveStore {
  #pits = new Map<number, Pit>();
  #pitIds: readonly number[] = [];
  #connection: Connection = startConnection;
  #version = 0;
  readonly #listeners = new Map<Topic, Set<() => void>>();

  subscribe(topic: Topic, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(topic);
    };
  }

  pit(id: number): Pit | null {
    return this.#pits.get(id) ?? null;
  }

  /** In the order of the pit numbers; the same array until pits come or go. */
  pitIds(): readonly number[] {
    return this.#pitIds;
  }

  pits(): Pit[] {
    return this.#pitIds.flatMap((id) => this.#pits.get(id) ?? []);
  }

  /** Grows with every change of any pit. */
  version(): number {
    return this.#version;
  }

  connection(): Connection {
    return this.#connection;
  }

  setConnection(change: Partial<Connection>): void {
    const next = { ...this.#connection, ...change };
    if (sameContent(next, this.#connection)) return;
    this.#connection = next;
    this.#tell("connection");
  }

  clear(): void {
    const ids = this.#pitIds;
    this.#pits = new Map();
    this.#pitIds = [];
    this.#connection = startConnection;
    for (const id of ids) this.#tell(`pit:${id}`);
    this.#pitsChanged();
    this.#tell("pits");
    this.#tell("connection");
  }

  /** False: the message speaks of a pit that this store does not know yet. */
  apply(message: LiveMessage): boolean {
    switch (message.event) {
      case "snapshot":
        this.#applySnapshot(message.pits);
        return true;
      case "sensor_update":
        return this.#applyReading(message.reading);
      case "job_status":
        return this.#applyJob(message.job);
      case "device_status":
        return this.#applyDevice(message.pitId, message.device);
      case "camera_status":
        return this.#applyCamera(message.pitId, message.status, message.sentAt);
      case "session_ended":
        return true;
    }
  }

  #applySnapshot(pits: Pit[]): void {
    const ids = [...pits].sort((a, b) => a.pit_number - b.pit_number).map((pit) => pit.id);
    const gone = this.#pitIds.filter((id) => !ids.includes(id));
    for (const id of gone) {
      this.#pits.delete(id);
      this.#tell(`pit:${id}`);
    }
    for (const pit of pits) this.#put(pit);
    if (gone.length > 0) this.#pitsChanged();
    if (!sameContent(ids, this.#pitIds)) {
      this.#pitIds = ids;
      this.#tell("pits");
      this.#pitsChanged();
    }
    this.setConnection({ loaded: true });
  }

  #applyReading(reading: Reading): boolean {
    const pit = this.#pits.get(reading.pit_id);
    if (pit === undefined) return false;
    // Readings may overtake each other; an older one must not replace a newer one.
    const isOld =
      pit.latest !== null && Date.parse(reading.timestamp) < Date.parse(pit.latest.timestamp);
    if (!isOld) this.#put({ ...pit, latest: reading });
    return true;
  }

  #applyJob(job: Job): boolean {
    for (const pit of this.#pits.values()) {
      const movedAway = pit.job?.job_id === job.job_id && pit.id !== job.pit_id;
      if (movedAway) this.#put({ ...pit, job: null });
    }
    const pit = this.#pits.get(job.pit_id);
    if (pit === undefined) return isFinished(job.status);
    if (replaces(job, pit.job)) this.#put({ ...pit, job });
    return true;
  }

  #applyDevice(pitId: number, device: Device): boolean {
    const pit = this.#pits.get(pitId);
    if (pit === undefined) return false;
    const lastSeen = device.last_seen ?? pit.device?.last_seen ?? null;
    this.#put({ ...pit, device: { ...device, last_seen: lastSeen } });
    return true;
  }

  #applyCamera(pitId: number, status: Camera["status"], since: string): boolean {
    const pit = this.#pits.get(pitId);
    if (pit === undefined) return false;
    this.#put({ ...pit, camera: { ...pit.camera, status, since } });
    return true;
  }

  #put(pit: Pit): void {
    if (sameContent(pit, this.#pits.get(pit.id))) return;
    this.#pits.set(pit.id, pit);
    this.#tell(`pit:${pit.id}`);
    this.#pitsChanged();
  }

  #pitsChanged(): void {
    this.#version += 1;
    this.#tell("any-pit");
  }

  #tell(topic: Topic): void {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener();
  }
}

/** Whether `job` is the one to show in a pit that shows `shown`. */
function replaces(job: Job, shown: Job | null): boolean {
  if (shown === null) return !isFinished(job.status);
  if (shown.job_id === job.job_id) {
    return Date.parse(job.updated_at) >= Date.parse(shown.updated_at);
  }
  if (isFinished(job.status)) return false;
  // The car in the pit stays shown while the next one waits.
  return isFinished(shown.status) || (shown.status === "waiting" && job.status !== "waiting");
}
