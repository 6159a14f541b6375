import "./console.css";
import { LoginPage } from "../features/login/LoginPage";
import { common } from "../shared/i18n/en/common";
import { consoleTexts } from "../shared/i18n/en/console";
import { stages } from "../shared/i18n/en/stages";
import { mountPortal } from "../shared/portal/mountPortal";
import { SessionGate } from "../shared/portal/SessionGate";
import { ConsolePage } from "./ConsolePage";

void mountPortal(
  {
    en: { ...common, ...stages, ...consoleTexts },
    loadHindi: async () => (await import("./consoleHindi")).texts,
  },
  <SessionGate portal="console" login={(reason) => <LoginPage portal="console" reason={reason} />}>
    <ConsolePage />
  </SessionGate>,
);
