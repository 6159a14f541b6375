import type { Job } from "../../shared/api/model";
import { useI18n } from "../../shared/i18n/I18nContext";
import { workTypeName } from "../../shared/i18n/stageName";
import { PlateTag } from "../../shared/ui/PlateTag";
import { StageList } from "./StageList";

export function CarCard({ job }: { job: Job }) {
  const { lookup } = useI18n();
  return (
    <section className="rounded-card bg-surface p-4 shadow-card">
      <div className="flex items-start justify-between gap-3 border-b border-line pb-3.5">
        <div className="min-w-0">
          <h2 className="text-base font-semibold">{job.car_model}</h2>
          <p className="text-sm text-ink-3">{workTypeName(job.work_type, lookup)}</p>
        </div>
        <PlateTag plate={job.car_plate} />
      </div>
      <StageList job={job} />
    </section>
  );
}
