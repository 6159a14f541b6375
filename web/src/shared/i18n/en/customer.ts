/** Texts of the customer portal. */
export const customer = {
  "customer.title": "{car} · PitView",
  "customer.call": "Call {workshop}",
  "customer.video": "Camera",
  "customer.videoSoon": "Live video is being set up",
  "customer.videoSoonMore":
    "It starts with the camera gateway. The readings below are already live.",
  "customer.videoNone": "No camera in this pit yet",
  "customer.videoNoneMore": "The readings below are live.",
  "customer.videoEnded": "The work is finished",
  "customer.videoEndedMore": "Live viewing ends when the car is ready.",
  "customer.videoWaiting": "The work has not started yet",
  "customer.videoWaitingMore": "You will see the bay here once your car is in it.",

  "customer.ready": "Expected ready {time}",
  "customer.late": "It was expected at {time}. The team is finishing it; call if you need to plan.",
  "customer.waiting": "Waiting to start",
  "customer.waitingMore": "The countdown begins when the work begins. It takes about {duration}.",
  "customer.onHold": "Work is paused",
  "customer.onHoldMore": "The workshop will tell you the new time when it goes on.",
  "customer.noEstimate": "Work is going on",
  "customer.noEstimateMore": "The workshop has not set a ready time yet.",
  "customer.completed": "Your car is ready",
  "customer.completedMore": "Finished {time}. You can collect it during opening hours.",
  "customer.cancelled": "This job was cancelled",
  "customer.cancelledMore": "Call the workshop if you did not expect this.",

  "customer.noJob": "No car in the bay right now",
  "customer.noJobMore":
    "As soon as the work on your car begins, you can follow it here. This page updates by itself.",

  "customer.stages": "Steps of the work",
  "customer.room": "Inside the bay",
  "customer.roomLead": "Clean, cool air keeps dust out from under the film.",
  "customer.ideal": "Ideal {range}",
  "customer.trend": "{sensor}, last 2 hours",
  "customer.sensorOffline": "The sensor in the bay is not reporting. The work goes on as usual.",
} as const;
