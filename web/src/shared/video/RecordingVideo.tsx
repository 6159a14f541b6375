import { useEffect, useRef } from "react";
import type { Playback } from "../api/model";
import { RecordingPlayer } from "./recordingPlayer";

interface Props {
  playback: Playback;
  label: string;
  /** Some times a second while it plays: when what is shown was recorded. */
  onTime?: (atMs: number) => void;
  onEnd?: () => void;
  onLost: () => void;
}

/** Plays a recording, with the browser's own controls. */
export function RecordingVideo({ playback, label, onTime, onEnd, onLost }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const player = useRef<RecordingPlayer | null>(null);
  const lost = useRef(onLost);
  lost.current = onLost;
  useEffect(() => {
    if (video.current === null) return;
    const opened = new RecordingPlayer(video.current, () => lost.current());
    player.current = opened;
    void opened.open(playback.hlsUrl);
    return () => opened.close();
  }, [playback.hlsUrl]);
  const tell = () => {
    const atMs = player.current?.shownAtMs() ?? null;
    if (atMs !== null) onTime?.(atMs);
  };
  return (
    <video
      ref={video}
      controls
      muted
      playsInline
      aria-label={label}
      data-testid="recording-video"
      onTimeUpdate={tell}
      onSeeked={tell}
      onEnded={onEnd}
      className="aspect-video w-full bg-video object-contain"
    />
  );
}
