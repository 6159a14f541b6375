import { useEffect } from "react";
import type { Job, Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { isFinished } from "../../shared/jobs/jobStatus";
import { CarCard } from "./CarCard";
import { Papers } from "./Papers";
import { RoomReadings } from "./RoomReadings";
import { TimeCard } from "./TimeCard";
import { TimeLapse } from "./TimeLapse";
import { VideoArea } from "./VideoArea";

/** One job: video and time first, then the car, then the room. `pit` is null without live view. */
export function JobView({ job, pit }: { job: Job; pit: Pit | null }) {
  const text = useText();
  useEffect(() => {
    document.title = text("customer.title", { car: job.car_model });
  }, [text, job.car_model]);
  const showRoom = pit !== null && !isFinished(job.status);
  return (
    <div className="lg:grid lg:grid-cols-[minmax(0,1fr)_380px] lg:items-start lg:gap-4">
      <div className="overflow-hidden bg-surface shadow-card lg:rounded-card">
        <VideoArea job={job} pit={pit} />
        <TimeCard job={job} />
      </div>
      <div className="mt-3 flex flex-col gap-3 px-3 lg:mt-0 lg:gap-4 lg:px-0">
        {job.status === "completed" && <TimeLapse job={job} />}
        {job.status === "completed" && <Papers job={job} />}
        <CarCard job={job} />
        {showRoom && <RoomReadings pit={pit} />}
      </div>
    </div>
  );
}
