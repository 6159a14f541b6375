// The tables of a run.
import { type Conditions, sentenceOf } from "../support/conditions.ts";
import { latencies, latencyHead, latencyRatio } from "../support/percentiles.ts";
import { besideTarget, count, ms, table } from "../support/table.ts";
import { coresUsed, disturbance } from "../support/usage.ts";
import type { PageFigures } from "./browser.ts";
import type { Report } from "./report.ts";

const wholeMs = (us: number) => (us / 1000).toFixed(0);

/** Of the whole way's p99; up to the second rate. */
const targets: [upToRate: number, p99Ms: number][] = [
  [1000, 50],
  [5000, 100],
];

/** Sentences about what should not be; none when all is well. */
function complaintsOf(report: Report): string[] {
  const { sent, confirmed, stored, refused, superseded, broker, live } = report;
  const lost = live.missing - superseded;
  const complaints: string[] = [];
  const say = (wrong: boolean, sentence: string) => wrong && complaints.push(sentence);
  say(
    confirmed < sent,
    `${count(sent - confirmed)} messages were not confirmed by Mosquitto (${report.first_failure}).`,
  );
  say(broker.missing > 0, `${count(broker.missing)} messages did not reach the MQTT subscriber.`);
  say(lost > 0, `${count(lost)} messages did not reach the WebSocket.`);
  say(report.live_lost !== "", `The WebSocket was lost: ${report.live_lost}.`);
  say(live.again > 0, `${count(live.again)} messages came over the WebSocket twice.`);
  say(stored < sent, `${count(sent - stored)} messages were not in the database 20 s later.`);
  say(refused > 0, `${count(refused)} messages were refused by the server.`);
  return complaints;
}

function processors(report: Report): string {
  return [
    coresUsed([["", report.cpu]]),
    `\nServer: ${report.server_us_per_message.toFixed(1)} µs of processor time per message` +
      ` (receiving, checking, storing, sending to one WebSocket or two).`,
  ].join("\n");
}

function delivery(report: Report): string {
  const { sent, broker, live, stored, superseded, generator_late: late } = report;
  return (
    `Sent ${count(sent)} with the warm-up; received ${count(broker.received)} by MQTT and ` +
    `${count(live.received)} by WebSocket; in the database ${count(stored)}. ` +
    (superseded > 0
      ? `${count(superseded)} were not shown, because a newer one of their pit was there already. `
      : "") +
    `The sender was late by ${ms(late.p50_us)} ms (p50), ${ms(late.p99_us)} (p99), ${ms(late.max_us)} (max), ` +
    "which is part of every latency."
  );
}

function target(report: Report): string[] {
  const found = targets.find(([rate]) => report.rate <= rate);
  if (found === undefined) return [];
  const p99Ms = report.live.latency.p99_us / 1000;
  return [
    `${besideTarget(`p99 of the whole way: ${p99Ms.toFixed(1)} ms`, `≤ ${found[1]} ms`, p99Ms <= found[1])}.`,
  ];
}

function alone(report: Report): string {
  return [
    `${count(report.rate)} messages/s:`,
    table(latencyHead, [
      latencies("Mosquitto: publish → MQTT subscriber", report.broker.latency),
      latencies("PitView: publish → WebSocket", report.live.latency),
      latencyRatio("PitView / Mosquitto", report.live.latency, report.broker.latency),
      latencies("the same message later by", report.added),
    ]),
    ...target(report),
    delivery(report),
    processors(report),
    ...complaintsOf(report),
  ].join("\n\n");
}

function withBrowser(report: Report, page: PageFigures): string {
  const closed =
    page.closed.length === 0 ? [] : [`The page's connection ended: ${page.closed.join(", ")}.`];
  const missing =
    page.missing === 0 ? [] : [`${count(page.missing)} messages did not reach the page.`];
  return [
    `${count(report.rate)} messages/s with the owner's page open in headless Chromium on this machine (page: whole ms):`,
    table(latencyHead, [
      latencies("Mosquitto: publish → MQTT subscriber", report.broker.latency),
      latencies("PitView: publish → WebSocket", report.live.latency),
      latencies("PitView: publish → message in the page", page.received, wholeMs),
      latencies("PitView: publish → numbers of pit 1 drawn", page.onScreen, wholeMs),
      latencyRatio("page / Mosquitto", page.received, report.broker.latency),
    ]),
    delivery(report),
    processors(report),
    ...complaintsOf(report),
    ...missing,
    ...closed,
  ].join("\n\n");
}

export interface Runs {
  alone: Report[];
  browser: { report: Report; page: PageFigures } | null;
}

export const isComplete = ({ alone: reports, browser }: Runs): boolean =>
  reports.every((report) => complaintsOf(report).length === 0) &&
  (browser === null ||
    (complaintsOf(browser.report).length === 0 &&
      browser.page.missing <= browser.report.superseded));

export function markdown(conditions: Conditions, { alone: reports, browser }: Runs): string {
  const rates = reports.map(({ rate }) => count(rate)).join(" and ");
  return [
    `## live: ${rates} messages/s for ${reports[0]?.seconds} s, ${conditions.date}`,
    `${sentenceOf(conditions)} ` +
      "Broker, server, database, sender and receivers on this one machine.",
    ...disturbance(reports.map(({ cpu }) => cpu)),
    ...reports.map(alone),
    ...(browser === null ? [] : [withBrowser(browser.report, browser.page)]),
  ].join("\n\n");
}
