import { VideoOff } from "lucide-react";
import { useEffect, useState } from "react";
import { type Failure, outcomeOf } from "../../shared/api/failure";
import { type Clip, type Playback, parsePlayback } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { useConnection, useLive, usePit, usePitIds } from "../../shared/live/LiveContext";
import { ForbiddenPanel, UnreachablePanel } from "../../shared/portal/PageStates";
import { mayManageRecordings } from "../../shared/session/permissions";
import { useMe, useSession, useTimeZone } from "../../shared/session/SessionContext";
import { useTimed } from "../../shared/time/ClockContext";
import { clockTime, spanText } from "../../shared/time/format";
import { dayOf } from "../../shared/time/zonedDay";
import { FormField } from "../../shared/ui/FormField";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import { Skeleton } from "../../shared/ui/Skeleton";
import { StatePanel } from "../../shared/ui/StatePanel";
import { RecordingVideo } from "../../shared/video/RecordingVideo";
import { ClipList } from "./ClipList";
import { DayTimeline } from "./DayTimeline";
import { MarkedRange, type Marks } from "./MarkedRange";
import { nextRecorded, recordedSeconds, shownHours } from "./recordedDay";
import { useClips } from "./useClips";
import { useRecordedDay } from "./useRecordedDay";

/** What the cameras have recorded: a day of a pit, and what is kept of it. */
export default function RecordingsPage() {
  const text = useText();
  const me = useMe();
  const session = useSession();
  const live = useLive();
  const ids = usePitIds();
  const { loaded, failures, state } = useConnection();
  const [pitId, setPitId] = useState<number | null>(null);
  const shown = pitId ?? ids[0] ?? null;
  const clips = useClips();
  if (state === "forbidden" || !mayManageRecordings(me.role))
    return <ForbiddenPanel onSignOut={() => void session.logout()} />;
  if (!loaded && failures >= 2) return <UnreachablePanel onRetry={() => live.retry()} />;
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold tracking-[-0.015em]">
        {text("recordings.title")}
      </h1>
      <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_380px]">
        {shown === null ? (
          loaded ? (
            <StatePanel icon={VideoOff} title={text("recordings.noPits")} />
          ) : (
            <Skeleton className="aspect-video w-full rounded-card" />
          )
        ) : (
          <PitRecordings
            key={shown}
            pitId={shown}
            pitIds={ids}
            onPit={setPitId}
            onKept={clips.reload}
          />
        )}
        <ClipList clips={clips} />
      </div>
    </>
  );
}

interface PitProps {
  pitId: number;
  pitIds: readonly number[];
  onPit: (pitId: number) => void;
  onKept: (clip: Clip) => void;
}

/** What one press plays at once; it goes on by itself. */
const windowMs = 3_600_000;

function PitRecordings({ pitId, pitIds, onPit, onKept }: PitProps) {
  const text = useText();
  const session = useSession();
  const timeZone = useTimeZone();
  const today = useTimed((nowMs) => dayOf(nowMs, timeZone));
  const [day, setDay] = useState(today);
  const recorded = useRecordedDay(pitId, day);
  const [playback, setPlayback] = useState<Playback | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isLost, setLost] = useState(false);
  const [atMs, setAtMs] = useState<number | null>(null);
  const [marks, setMarks] = useState<Marks>({});
  const spans = recorded.kind === "loaded" ? recorded.spans : [];

  // biome-ignore lint/correctness/useExhaustiveDependencies: another day has nothing of this one
  useEffect(() => {
    setPlayback(null);
    setAtMs(null);
    setMarks({});
    setFailure(null);
    setLost(false);
  }, [day]);

  const play = async (fromMs: number) => {
    const startMs = nextRecorded(spans, fromMs);
    if (startMs === null) return;
    const last = spans.at(-1)?.toMs ?? startMs;
    const toMs = Math.min(startMs + windowMs, last);
    const outcome = await outcomeOf(
      session.api.GET("/api/pits/{id}/playback", {
        params: {
          path: { id: pitId },
          query: { from: new Date(startMs).toISOString(), to: new Date(toMs).toISOString() },
        },
      }),
      parsePlayback,
    );
    setLost(false);
    setFailure(outcome.ok ? null : outcome.failure);
    setPlayback(outcome.ok ? outcome.data : null);
    setAtMs(startMs);
  };

  return (
    <section aria-label={text("recordings.ofDay")} className="min-w-0">
      <div className="mb-3 grid grid-cols-2 gap-3 sm:max-w-md">
        <FormField label={text("recordings.pit")}>
          {(control) => (
            <select
              {...control}
              value={pitId}
              onChange={(event) => onPit(Number(event.target.value))}
            >
              {pitIds.map((id) => (
                <PitOption key={id} pitId={id} />
              ))}
            </select>
          )}
        </FormField>
        <FormField label={text("recordings.day")}>
          {(control) => (
            <input
              {...control}
              type="date"
              value={day}
              max={today}
              onChange={(event) => event.target.value !== "" && setDay(event.target.value)}
            />
          )}
        </FormField>
      </div>
      <div className="overflow-hidden rounded-card bg-surface shadow-card">
        {playback === null ? (
          <Poster recorded={recorded.kind} isEmpty={spans.length === 0} />
        ) : (
          <RecordingVideo
            playback={playback}
            label={text("recordings.video")}
            onTime={setAtMs}
            onEnd={() => void play(playback.toMs)}
            onLost={() => setLost(true)}
          />
        )}
        <div className="p-3 sm:p-4">
          {recorded.kind === "failed" && (
            <Notice kind="bad">{failureText(recorded.failure, text)}</Notice>
          )}
          {(failure !== null || isLost) && (
            <div className="mb-3">
              <Notice kind="bad">
                {failure === null ? text("recordings.lost") : failureText(failure, text)}
              </Notice>
            </div>
          )}
          {recorded.kind === "loaded" && spans.length > 0 && (
            <>
              <p className="num mb-2 text-lg font-semibold" data-testid="shown-at">
                {atMs === null
                  ? text("recordings.sum", {
                      span: spanText(recordedSeconds(spans, recorded.day) * 1000, text),
                    })
                  : withSeconds(atMs, timeZone)}
              </p>
              <DayTimeline
                shown={shownHours(recorded.day, spans)}
                spans={spans}
                atMs={atMs}
                marked={marks}
                onSeek={(ms) => void play(ms)}
              />
              <MarkedRange
                pitId={pitId}
                spans={spans}
                atMs={atMs}
                marks={marks}
                onMarks={setMarks}
                onKept={onKept}
              />
            </>
          )}
        </div>
      </div>
    </section>
  );
}

function PitOption({ pitId }: { pitId: number }) {
  const text = useText();
  const pit = usePit(pitId);
  return <option value={pitId}>{text("pit.name", { n: pit?.pit_number ?? "" })}</option>;
}

function Poster({ recorded, isEmpty }: { recorded: string; isEmpty: boolean }) {
  const text = useText();
  return (
    <div className="flex aspect-video w-full flex-col items-center justify-center bg-video px-6 text-center text-on-video">
      {recorded === "loaded" && (
        <>
          <p className="text-base font-semibold">
            {text(isEmpty ? "recordings.nothing" : "recordings.choose")}
          </p>
          <p className="mt-1 text-sm text-on-video-2">
            {text(isEmpty ? "recordings.nothingMore" : "recordings.chooseMore")}
          </p>
        </>
      )}
    </div>
  );
}

const withSeconds = (ms: number, timeZone: string | undefined): string => {
  const seconds = String(Math.floor(ms / 1000) % 60).padStart(2, "0");
  return clockTime(ms, timeZone).replace(" ", `:${seconds} `);
};
