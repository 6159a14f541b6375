/**
 * Names of our own job templates and of their stages. A workshop may name its
 * own freely; those are shown as the workshop wrote them. Stage keys are
 * in lower case.
 */
export const stages = {
  "stageName.received": "Received",
  "stageName.surface prep": "Surface prep",
  "stageName.ppf installation": "PPF installation",
  "stageName.film installation": "Film installation",
  "stageName.paint correction": "Paint correction",
  "stageName.coating": "Coating",
  "stageName.coating application": "Coating application",
  "stageName.curing": "Curing",
  "stageName.quality check": "Quality check",
  "stageName.final inspection": "Final inspection",
  "stageName.ready": "Ready",
  "stageName.work": "Work",
  "work.Full PPF": "Full PPF",
  "work.Partial PPF": "Partial PPF",
  "work.Ceramic Coating": "Ceramic coating",
  "work.Custom": "Custom",
} as const;
