import type { stages as english } from "../en/stages";

export const stages: Record<keyof typeof english, string> = {
  "stageName.received": "गाड़ी मिली",
  "stageName.surface prep": "सतह की तैयारी",
  "stageName.ppf installation": "PPF लग रही है",
  "stageName.film installation": "फ़िल्म लग रही है",
  "stageName.paint correction": "पेंट सुधार",
  "stageName.coating": "कोटिंग",
  "stageName.coating application": "कोटिंग लग रही है",
  "stageName.curing": "सूखना",
  "stageName.quality check": "गुणवत्ता जाँच",
  "stageName.final inspection": "अंतिम जाँच",
  "stageName.ready": "तैयार",
  "stageName.work": "काम",
  "work.Full PPF": "फ़ुल PPF",
  "work.Partial PPF": "पार्शियल PPF",
  "work.Ceramic Coating": "सिरैमिक कोटिंग",
  "work.Custom": "कस्टम",
};
