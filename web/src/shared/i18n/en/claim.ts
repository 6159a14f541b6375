/** Texts of the page where a new device is claimed. */
export const claim = {
  "claim.title": "Set up a sensor",
  "claim.loginLead": "Sign in as owner or manager to set up the sensor you scanned.",
  "claim.labelLead": "Type what the label on the sensor says.",
  "claim.malformed":
    "The scanned address is not complete. Scan the label again, or type what is missing.",
  "claim.deviceId": "Device ID",
  "claim.deviceIdHint": "For example ESP32-A4CF12B3D4E5",
  "claim.deviceIdWrong":
    "Enter the ID as on the label: ESP32- and 12 characters, only 0 to 9 and A to F.",
  "claim.code": "Code",
  "claim.codeHint": "10 letters and digits, for example K7QF-2M9D-XT",
  "claim.codeWrong": "Enter all 10 letters and digits of the code.",
  "claim.continue": "Continue",

  "claim.pitLead": "Choose the pit where it will hang.",
  "claim.device": "Sensor",
  "claim.change": "Change",
  "claim.freePits": "Pits without a sensor",
  "claim.occupiedPits": "Pits with a sensor",
  "claim.noSensor": "No sensor yet",
  "claim.replace": "Replace",
  "claim.pitMissing": "Choose a pit first.",
  "claim.submit": "Set up",
  "claim.submitIn": "Set up in {pit}",
  "claim.replaceIn": "Replace sensor in {pit}",
  "claim.busy": "Setting up…",
  "claim.otherCode": "Correct ID or code",

  "claim.replaceAsk": "Replace the sensor in {pit}?",
  "claim.replaceMore":
    "{device} stops working for good, you can take it down. Its readings are kept. This cannot be undone.",
  "claim.replaceYes": "Yes, replace it",
  "claim.replaceNo": "No, go back",

  "claim.invalid":
    "This code does not belong to this sensor. Compare ID and code with the label and correct them.",
  "claim.used":
    "This sensor has already been set up. If it is not at one of your pits, call PitView and tell us its ID.",
  "claim.expired":
    "The time to set up this sensor is over. Call PitView and tell us its ID to get a new code.",
  "claim.occupied":
    "Somebody has just put a sensor in this pit. Choose another pit, or replace that sensor.",
  "claim.limited": "Too many wrong codes. Wait {span}, then compare with the label and try again.",
  "claim.forbidden": "Only the owner or a manager can set up sensors",
  "claim.forbiddenMore":
    "You are signed in as: {role}. Ask your owner or manager to scan the label, or sign in with their account.",
  "claim.pitGone": "This pit is no longer there. Choose another one.",
  "claim.otherAccount": "Use another account",
  "claim.back": "Go to my page",

  "claim.placed": "The sensor is set up in {pit}",
  "claim.placedReplaced": "It replaces {device}. You can take that one down.",
  "claim.waiting": "Waiting for the first reading…",
  "claim.waitingMore":
    "Usually within a minute. If nothing comes, check that the sensor has power and reaches the Wi-Fi.",
  "claim.arrived": "Readings are coming in",
  "claim.openPit": "Open {pit}",
  "claim.another": "Set up another sensor",
} as const;
