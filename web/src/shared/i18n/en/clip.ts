/** Texts of the page of a shared clip. */
export const clip = {
  "clip.shown": "{day}, {from} to {to}",
  "clip.until": "This link works until {until}.",
  "clip.download": "Download",
  "clip.gone": "This link does not work any more",
  "clip.goneMore": "Ask the workshop that sent it to you for another one.",
  "clip.away": "The clip cannot be shown now",
  "clip.awayMore": "Check your connection and try again.",
  "clip.again": "Try again",
} as const;
