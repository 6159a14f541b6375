import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { outcomeOf } from "../../shared/api/failure";
import { type Job, type Playback, parseTimeLapse } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { useSession } from "../../shared/session/SessionContext";
import { Button } from "../../shared/ui/Button";
import { RecordingVideo } from "../../shared/video/RecordingVideo";

/** It is made within a minute of the job's end; nobody waits for one of last week. */
const againMs = 10_000;
const isNewMs = 10 * 60_000;

/** The whole job in less than a minute; nothing while there is none. */
export function TimeLapse({ job }: { job: Job }) {
  const text = useText();
  const session = useSession();
  const [playback, setPlayback] = useState<Playback | null>(null);
  const id = job.job_id;
  const endedMs = job.actual_end_time === null ? 0 : Date.parse(job.actual_end_time);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isWanted = true;
    const load = async () => {
      const outcome = await ask(session, id);
      if (!isWanted) return;
      const found = outcome.ok ? outcome.data.playback : null;
      if (found !== null) setPlayback(found);
      else if (Date.now() - endedMs < isNewMs) timer = setTimeout(() => void load(), againMs);
    };
    void load();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [session, id, endedMs]);
  if (playback === null) return null;
  // The address of a minute ago does not open any more.
  const download = async () => {
    const outcome = await ask(session, id);
    const url = outcome.ok ? outcome.data.playback?.mp4Url : null;
    if (url) window.location.assign(url);
  };
  return (
    <section
      aria-labelledby="time-lapse"
      data-testid="time-lapse"
      className="overflow-hidden bg-surface shadow-card max-lg:-mx-3 lg:rounded-card"
    >
      <RecordingVideo
        playback={playback}
        label={text("customer.timeLapse")}
        onLost={() => setPlayback(null)}
      />
      <div className="flex items-center gap-3 px-4 py-3">
        <div className="min-w-0 flex-1">
          <h2 id="time-lapse" className="text-base font-semibold">
            {text("customer.timeLapse")}
          </h2>
          <p className="text-sm text-ink-2">{text("customer.timeLapseMore")}</p>
        </div>
        <Button kind="secondary" onClick={() => void download()}>
          <Download aria-hidden="true" className="size-4" />
          {text("customer.download")}
        </Button>
      </div>
    </section>
  );
}

const ask = (session: ReturnType<typeof useSession>, id: number) =>
  outcomeOf(
    session.api.GET("/api/jobs/{id}/time-lapse", { params: { path: { id } } }),
    parseTimeLapse,
  );
