import "./console.css";
import { ClaimPage } from "../features/claim/ClaimPage";
import { LoginPage } from "../features/login/LoginPage";
import { claim } from "../shared/i18n/en/claim";
import { common } from "../shared/i18n/en/common";
import { consoleTexts } from "../shared/i18n/en/console";
import { recordings } from "../shared/i18n/en/recordings";
import { servers } from "../shared/i18n/en/servers";
import { stages } from "../shared/i18n/en/stages";
import { mountPortal } from "../shared/portal/mountPortal";
import { SessionGate } from "../shared/portal/SessionGate";
import { ConsolePage } from "./ConsolePage";

void mountPortal(
  {
    en: { ...common, ...stages, ...consoleTexts, ...claim, ...servers, ...recordings },
    loadHindi: async () => (await import("./consoleHindi")).texts,
  },
  window.location.pathname === "/claim" ? (
    // Whoever scans a label is told here who may use it, not sent away.
    <SessionGate
      portal="console"
      admits={() => true}
      login={(reason) => <LoginPage portal="console" reason={reason} lead="claim.loginLead" />}
    >
      <ClaimPage />
    </SessionGate>
  ) : (
    <SessionGate
      portal="console"
      login={(reason) => <LoginPage portal="console" reason={reason} />}
    >
      <ConsolePage />
    </SessionGate>
  ),
);
