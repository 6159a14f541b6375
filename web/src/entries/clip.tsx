import "./clip.css";
import { SharedClipPage } from "../features/shared-clip/SharedClipPage";
import { clip } from "../shared/i18n/en/clip";
import { common } from "../shared/i18n/en/common";
import { mountPage } from "../shared/portal/mountPage";

// The token stays in the address: this link is made to be passed on.
void mountPage(
  {
    en: { ...common, ...clip },
    loadHindi: async () => (await import("./clipHindi")).texts,
  },
  <SharedClipPage token={window.location.pathname.replace(/^\/c\//, "")} />,
);
