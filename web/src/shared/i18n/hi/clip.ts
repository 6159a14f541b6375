import type { clip as english } from "../en/clip";

export const clip: Record<keyof typeof english, string> = {
  "clip.shown": "{day}, {from} से {to}",
  "clip.until": "यह लिंक {until} तक चलेगा।",
  "clip.download": "डाउनलोड",
  "clip.gone": "यह लिंक अब नहीं चलता",
  "clip.goneMore": "जिस वर्कशॉप ने इसे भेजा था, उससे नया लिंक माँगें।",
  "clip.away": "क्लिप अभी नहीं दिखाई जा सकती",
  "clip.awayMore": "अपना कनेक्शन जाँचें और फिर कोशिश करें।",
  "clip.again": "फिर कोशिश करें",
};
