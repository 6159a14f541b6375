import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import type { Me, Pit } from "../api/model";
import { claim } from "../i18n/en/claim";
import { common } from "../i18n/en/common";
import { consoleTexts } from "../i18n/en/console";
import { customer } from "../i18n/en/customer";
import { servers } from "../i18n/en/servers";
import { stages } from "../i18n/en/stages";
import { I18nProvider } from "../i18n/I18nContext";
import { I18n } from "../i18n/i18n";
import { LiveProvider } from "../live/LiveContext";
import { Live } from "../live/live";
import { MeProvider, SessionProvider } from "../session/SessionContext";
import { Session } from "../session/session";
import { ClockProvider } from "../time/ClockContext";
import { ServerClock } from "../time/serverClock";
import { TickingClock } from "../time/tickingClock";
import { at, sampleNow } from "./samples";

export const sampleMe: Me = {
  id: 1,
  username: "owner1",
  display_name: "Amit Kapoor",
  role: "owner",
  workshop_id: 1,
  workshop: {
    id: 1,
    code: "workshop_001",
    name: "Shine Studio",
    address: "Sector 29, Gurugram",
    phone: "+91 98100 12345",
    timezone: "Asia/Kolkata",
  },
  must_change_password: false,
  second_factor: false,
  server_time: at(0),
};

interface Options {
  pits?: Pit[];
  me?: Me;
  fetch?: (request: Request) => Promise<Response>;
  nowMs?: () => number;
}

/** Renders a part of a portal for a signed-in user, with live data but without any network. */
export function renderPortal(part: ReactNode, options: Options = {}) {
  const { pits, me = sampleMe, nowMs = () => sampleNow } = options;
  const noNetwork = () => Promise.reject(new TypeError("no network in this test"));
  const session = new Session({
    fetch: options.fetch ?? noNetwork,
    channel: null,
    monotonicMs: () => 0,
    random: () => 0,
  });
  const clock = new TickingClock(new ServerClock(nowMs));
  const live = new Live(session, clock.server);
  if (pits !== undefined) {
    live.store.apply({ event: "snapshot", sentAt: at(0), pits });
    live.store.setConnection({ state: "live" });
  }
  const english = { ...common, ...stages, ...customer, ...consoleTexts, ...claim, ...servers };
  const i18n = new I18n({ en: english, loadHindi: () => Promise.resolve(english) });
  const view = render(
    <I18nProvider i18n={i18n}>
      <ClockProvider clock={clock}>
        <SessionProvider session={session}>
          <MeProvider me={me}>
            <LiveProvider live={live}>{part}</LiveProvider>
          </MeProvider>
        </SessionProvider>
      </ClockProvider>
    </I18nProvider>,
  );
  return { ...view, session, live, clock };
}
