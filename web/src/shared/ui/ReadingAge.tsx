import type { Reading } from "../api/model";
import { useText } from "../i18n/I18nContext";
import { isStale } from "../sensors/levels";
import { useTimed } from "../time/ClockContext";
import { spanText } from "../time/format";

/** "Last reading 40 s ago" once a reading is stale; nothing while it is fresh. */
export function ReadingAge({ reading, className }: { reading: Reading | null; className: string }) {
  const text = useText();
  const age = useTimed((nowMs) =>
    reading !== null && isStale(reading, nowMs)
      ? text("reading.last", { span: spanText(nowMs - Date.parse(reading.timestamp), text) })
      : null,
  );
  return age === null ? null : <p className={className}>{age}</p>;
}
