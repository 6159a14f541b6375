import type { customer as english } from "../en/customer";

export const customer: Record<keyof typeof english, string> = {
  "customer.title": "{car} · PitView",
  "customer.call": "{workshop} को फ़ोन करें",
  "customer.video": "कैमरा",
  "customer.videoSoon": "लाइव वीडियो की तैयारी हो रही है",
  "customer.videoSoonMore": "कैमरा गेटवे चालू होते ही वीडियो शुरू होगा। नीचे की रीडिंग अभी से लाइव है।",
  "customer.videoNone": "इस पिट में अभी कैमरा नहीं है",
  "customer.videoNoneMore": "नीचे की रीडिंग लाइव है।",
  "customer.videoEnded": "काम पूरा हो गया",
  "customer.videoEndedMore": "गाड़ी तैयार होने पर लाइव देखना बंद हो जाता है।",
  "customer.videoWaiting": "काम अभी शुरू नहीं हुआ",
  "customer.videoWaitingMore": "गाड़ी बे में आते ही यहाँ दिखेगी।",

  "customer.ready": "तैयार होने का समय {time}",
  "customer.late": "तय समय {time} था। काम पूरा हो रहा है; ज़रूरत हो तो फ़ोन करें।",
  "customer.waiting": "शुरू होना बाकी",
  "customer.waitingMore": "काम शुरू होते ही समय गिनना शुरू होगा। लगभग {duration} लगेंगे।",
  "customer.onHold": "काम रुका हुआ है",
  "customer.onHoldMore": "काम फिर शुरू होने पर वर्कशॉप नया समय बताएगी।",
  "customer.noEstimate": "काम चल रहा है",
  "customer.noEstimateMore": "वर्कशॉप ने अभी तैयार होने का समय तय नहीं किया है।",
  "customer.completed": "आपकी गाड़ी तैयार है",
  "customer.completedMore": "काम पूरा हुआ: {time}। खुलने के समय में गाड़ी ले जा सकते हैं।",
  "customer.cancelled": "यह काम रद्द हो गया",
  "customer.cancelledMore": "अगर यह अपेक्षित न हो तो वर्कशॉप को फ़ोन करें।",

  "customer.noJob": "अभी बे में कोई गाड़ी नहीं है",
  "customer.noJobMore": "आपकी गाड़ी का काम शुरू होते ही आप उसे यहाँ देख सकेंगे। यह पेज अपने-आप अपडेट होता है।",

  "customer.stages": "काम के चरण",
  "customer.room": "बे के अंदर",
  "customer.roomLead": "साफ़ और ठंडी हवा फ़िल्म के नीचे धूल नहीं जाने देती।",
  "customer.ideal": "आदर्श {range}",
  "customer.trend": "{sensor}, पिछले 2 घंटे",
  "customer.sensorOffline": "बे का सेंसर जानकारी नहीं भेज रहा। काम हमेशा की तरह चल रहा है।",
};
