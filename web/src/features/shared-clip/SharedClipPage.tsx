import { Download, Unlink, WifiOff } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { createApi } from "../../shared/api/client";
import { outcomeOf } from "../../shared/api/failure";
import { parseSharedClip, type SharedClip } from "../../shared/api/model";
import { useI18n } from "../../shared/i18n/I18nContext";
import { useTimed } from "../../shared/time/ClockContext";
import { clockTime, dayAndTime } from "../../shared/time/format";
import { Button } from "../../shared/ui/Button";
import { LanguageButton } from "../../shared/ui/LanguageButton";
import { Logo } from "../../shared/ui/Logo";
import { StatePanel } from "../../shared/ui/StatePanel";
import { RecordingVideo } from "../../shared/video/RecordingVideo";

type State =
  | { kind: "loading" }
  | { kind: "open"; clip: SharedClip }
  | { kind: "gone" }
  | { kind: "away" };

/** A clip, for who has its link. */
export function SharedClipPage({ token }: { token: string }) {
  const { text } = useI18n();
  const [state, setState] = useState<State>({ kind: "loading" });
  const load = useCallback(async () => {
    const outcome = await ask(token);
    if (outcome.ok) setState({ kind: "open", clip: outcome.data });
    else setState({ kind: outcome.failure.kind === "unreachable" ? "away" : "gone" });
  }, [token]);
  useEffect(() => void load(), [load]);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-4xl flex-col">
      <header className="flex h-14 items-center gap-3 px-4">
        <Logo className="size-8" />
        <p className="min-w-0 flex-1 truncate text-base font-semibold">
          {state.kind === "open" ? state.clip.workshopName : text("product.name")}
        </p>
        <LanguageButton />
      </header>
      <main className="flex-1">
        {state.kind === "loading" && <div className="aspect-video w-full bg-video" />}
        {state.kind === "open" && (
          <OpenClip clip={state.clip} token={token} onLost={() => void load()} />
        )}
        {state.kind === "gone" && (
          <StatePanel isPage icon={Unlink} title={text("clip.gone")} more={text("clip.goneMore")} />
        )}
        {state.kind === "away" && (
          <StatePanel isPage icon={WifiOff} title={text("clip.away")} more={text("clip.awayMore")}>
            <Button onClick={() => void load()}>{text("clip.again")}</Button>
          </StatePanel>
        )}
      </main>
    </div>
  );
}

const api = () => createApi((request) => fetch(request));

const ask = (token: string) =>
  outcomeOf(api().POST("/api/shared-clips", { body: { token } }), parseSharedClip);

interface OpenProps {
  clip: SharedClip;
  token: string;
  onLost: () => void;
}

function OpenClip({ clip, token, onLost }: OpenProps) {
  const { text, language } = useI18n();
  const { playback, timezone } = clip;
  const day = new Intl.DateTimeFormat(`${language}-IN`, { dateStyle: "long", timeZone: timezone });
  const until = useTimed((nowMs) =>
    dayAndTime(Date.parse(clip.expiresAt), nowMs, language, text, timezone),
  );
  useEffect(() => {
    document.title = `${clip.title} · ${text("product.name")}`;
  }, [clip.title, text]);
  // The address of a minute ago does not open any more.
  const download = async () => {
    const outcome = await ask(token);
    if (outcome.ok && outcome.data.playback.mp4Url !== null)
      window.location.assign(outcome.data.playback.mp4Url);
    else onLost();
  };
  return (
    <>
      <div className="overflow-hidden bg-video sm:mx-4 sm:rounded-card">
        <RecordingVideo playback={playback} label={clip.title} onLost={onLost} />
      </div>
      <div className="px-4 py-4">
        <h1 className="text-xl font-semibold tracking-[-0.01em]">{clip.title}</h1>
        <p className="num mt-1 text-base text-ink-2">
          {text("clip.shown", {
            day: day.format(playback.fromMs),
            from: clockTime(playback.fromMs, timezone),
            to: clockTime(playback.toMs, timezone),
          })}
        </p>
        <p className="mt-4">
          <Button kind="secondary" onClick={() => void download()}>
            <Download aria-hidden="true" className="size-4" />
            {text("clip.download")}
          </Button>
        </p>
        <p className="mt-4 text-sm text-ink-3">{text("clip.until", { until })}</p>
      </div>
    </>
  );
}
