import "./certificate.css";
import { CertificatePage } from "../features/certificate/CertificatePage";
import { certificate } from "../shared/i18n/en/certificate";
import { common } from "../shared/i18n/en/common";
import { mountPage } from "../shared/portal/mountPage";

// The token stays in the address: whoever scans the paper may pass it on.
void mountPage(
  {
    en: { ...common, ...certificate },
    loadHindi: async () => (await import("./certificateHindi")).texts,
  },
  <CertificatePage token={window.location.pathname.replace(/^\/v\//, "")} />,
);
