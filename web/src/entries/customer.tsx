import "./customer.css";
import { CustomerPage } from "../features/customer/CustomerPage";
import { LoginPage } from "../features/login/LoginPage";
import { common } from "../shared/i18n/en/common";
import { customer } from "../shared/i18n/en/customer";
import { stages } from "../shared/i18n/en/stages";
import { mountPortal } from "../shared/portal/mountPortal";
import { SessionGate } from "../shared/portal/SessionGate";
import { takeTrackingLink } from "../shared/session/trackingLink";

void mountPortal(
  {
    en: { ...common, ...stages, ...customer },
    loadHindi: async () => (await import("./customerHindi")).texts,
  },
  <SessionGate
    portal="customer"
    login={(reason) => <LoginPage portal="customer" reason={reason} />}
  >
    <CustomerPage />
  </SessionGate>,
  takeTrackingLink(),
);
