import { plateText } from "../jobs/plate";

export function PlateTag({ plate }: { plate: string }) {
  return (
    <span className="num shrink-0 rounded-chip border border-line-strong px-2.5 py-0.5 text-xs font-semibold tracking-wider text-ink-2">
      {plateText(plate)}
    </span>
  );
}
