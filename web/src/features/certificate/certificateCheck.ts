import { type Fields, fields, flag, integer, number, text } from "../../shared/api/parse";

export interface Measured {
  /** Of the time that was judged, 0 to 100, rounded down as on the paper; null when nothing was. */
  share: number | null;
  low: number | null;
  high: number | null;
}

/** What the server says of the certificate with this code. */
export interface CertificateCheck {
  genuine: boolean;
  version: number;
  newest: number;
  number: string;
  issuedAt: number;
  workshop: string;
  timezone: string;
  car: string;
  plate: string;
  work: string;
  startedAt: number;
  endedAt: number;
  measuredMinutes: number;
  air: Measured;
  temperature: Measured;
  humidity: Measured;
  dewPoint: Measured;
  airQuality: Measured;
  fingerprint: string;
  keyId: string;
}

const optional = (from: Fields, name: string): number | null =>
  from[name] === null || from[name] === undefined ? null : number(from, name);

function measured(value: unknown): Measured {
  const from = fields(value, "measure");
  const judged = number(from, "judged_minutes");
  const share =
    judged > 0 ? Math.floor((number(from, "in_spec_minutes") / judged) * 100 + 1e-9) : null;
  return { share, low: optional(from, "min"), high: optional(from, "max") };
}

export function parseCertificateCheck(value: unknown): CertificateCheck {
  const from = fields(value, "certificate");
  const content = fields(from.content, "content");
  const facts = fields(content.facts, "facts");
  const workshop = fields(facts.workshop, "workshop");
  const car = fields(facts.car, "car");
  const air = fields(facts.air, "air");
  return {
    genuine: flag(from, "genuine"),
    version: integer(from, "version"),
    newest: integer(from, "newest_version"),
    number: text(facts, "number"),
    issuedAt: Date.parse(text(content, "issued_at")),
    workshop: text(workshop, "name"),
    timezone: text(workshop, "timezone"),
    car: text(car, "model"),
    plate: text(car, "plate"),
    work: text(facts, "work"),
    startedAt: Date.parse(text(facts, "started_at")),
    endedAt: Date.parse(text(facts, "ended_at")),
    measuredMinutes: number(air, "measured_minutes"),
    air: measured(air),
    temperature: measured(air.temperature),
    humidity: measured(air.humidity),
    dewPoint: measured(air.dew_point_margin),
    airQuality: measured(air.air_quality),
    fingerprint: text(from, "fingerprint"),
    keyId: text(from, "key_id"),
  };
}
