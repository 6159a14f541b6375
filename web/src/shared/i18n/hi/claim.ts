import type { claim as english } from "../en/claim";

export const claim: Record<keyof typeof english, string> = {
  "claim.title": "सेंसर लगाएँ",
  "claim.loginLead": "स्कैन किया हुआ सेंसर लगाने के लिए मालिक या मैनेजर के रूप में साइन इन करें।",
  "claim.labelLead": "सेंसर के लेबल पर जो लिखा है, वही लिखें।",
  "claim.malformed": "स्कैन किया हुआ पता अधूरा है। लेबल फिर स्कैन करें, या जो कमी है उसे लिखें।",
  "claim.deviceId": "डिवाइस ID",
  "claim.deviceIdHint": "जैसे ESP32-A4CF12B3D4E5",
  "claim.deviceIdWrong": "ID लेबल जैसी लिखें: ESP32- और 12 अक्षर, सिर्फ़ 0 से 9 और A से F।",
  "claim.code": "कोड",
  "claim.codeHint": "10 अक्षर और अंक, जैसे K7QF-2M9D-XT",
  "claim.codeWrong": "कोड के सभी 10 अक्षर और अंक लिखें।",
  "claim.continue": "आगे बढ़ें",

  "claim.pitLead": "चुनें कि सेंसर किस पिट में लगेगा।",
  "claim.device": "सेंसर",
  "claim.change": "सुधारें",
  "claim.freePits": "बिना सेंसर वाले पिट",
  "claim.occupiedPits": "सेंसर वाले पिट",
  "claim.noSensor": "अभी सेंसर नहीं है",
  "claim.replace": "बदलें",
  "claim.pitMissing": "पहले पिट चुनें।",
  "claim.submit": "लगाएँ",
  "claim.submitIn": "{pit} में लगाएँ",
  "claim.replaceIn": "{pit} का सेंसर बदलें",
  "claim.busy": "लग रहा है…",
  "claim.otherCode": "ID या कोड ठीक करें",

  "claim.replaceAsk": "{pit} का सेंसर बदलें?",
  "claim.replaceMore":
    "{device} हमेशा के लिए बंद हो जाएगा, उसे उतार सकते हैं। उसकी रीडिंग बनी रहेंगी। यह वापस नहीं हो सकता।",
  "claim.replaceYes": "हाँ, बदलें",
  "claim.replaceNo": "नहीं, वापस जाएँ",

  "claim.invalid": "यह कोड इस सेंसर का नहीं है। ID और कोड को लेबल से मिलाएँ और ठीक करें।",
  "claim.used":
    "यह सेंसर पहले ही लगाया जा चुका है। अगर यह आपके किसी पिट में नहीं है, तो PitView को फ़ोन करके इसकी ID बताएँ।",
  "claim.expired":
    "इस सेंसर को लगाने का समय बीत चुका है। नया कोड पाने के लिए PitView को फ़ोन करके इसकी ID बताएँ।",
  "claim.occupied": "इसी बीच किसी ने इस पिट में सेंसर लगा दिया है। दूसरा पिट चुनें, या उस सेंसर को बदलें।",
  "claim.limited": "बहुत बार गलत कोड डाला गया। {span} रुकें, फिर लेबल से मिलाकर कोशिश करें।",
  "claim.forbidden": "सेंसर सिर्फ़ मालिक या मैनेजर लगा सकते हैं",
  "claim.forbiddenMore":
    "आप इस रूप में साइन इन हैं: {role}। मालिक या मैनेजर से लेबल स्कैन करने को कहें, या उनके खाते से साइन इन करें।",
  "claim.pitGone": "यह पिट अब उपलब्ध नहीं है। दूसरा पिट चुनें।",
  "claim.otherAccount": "दूसरा खाता इस्तेमाल करें",
  "claim.back": "मेरे पेज पर जाएँ",

  "claim.placed": "सेंसर {pit} में लग गया",
  "claim.placedReplaced": "यह {device} की जगह लगा है। उसे उतार सकते हैं।",
  "claim.waiting": "पहली रीडिंग का इंतज़ार है…",
  "claim.waitingMore":
    "आम तौर पर एक मिनट के अंदर आती है। न आए तो देखें कि सेंसर में बिजली है और Wi-Fi पहुँच रहा है।",
  "claim.arrived": "रीडिंग आ रही हैं",
  "claim.openPit": "{pit} खोलें",
  "claim.another": "एक और सेंसर लगाएँ",
};
