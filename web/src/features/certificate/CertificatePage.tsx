import { FileQuestion, ShieldAlert, ShieldCheck, WifiOff } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { createApi } from "../../shared/api/client";
import { outcomeOf } from "../../shared/api/failure";
import { useI18n } from "../../shared/i18n/I18nContext";
import { clockTime, durationText } from "../../shared/time/format";
import { Button } from "../../shared/ui/Button";
import { LanguageButton } from "../../shared/ui/LanguageButton";
import { Logo } from "../../shared/ui/Logo";
import { StatePanel } from "../../shared/ui/StatePanel";
import { type CertificateCheck, type Measured, parseCertificateCheck } from "./certificateCheck";

type State =
  | { kind: "loading" }
  | { kind: "shown"; certificate: CertificateCheck }
  | { kind: "unknown" }
  | { kind: "away" };

const ask = (token: string) =>
  outcomeOf(
    createApi((request) => fetch(request)).GET("/api/certificates/{token}", {
      params: { path: { token } },
    }),
    parseCertificateCheck,
  );

/** Whether a certificate is genuine, for whoever holds the paper. */
export function CertificatePage({ token }: { token: string }) {
  const { text } = useI18n();
  const [state, setState] = useState<State>({ kind: "loading" });
  const load = useCallback(async () => {
    const outcome = await ask(token);
    if (outcome.ok) setState({ kind: "shown", certificate: outcome.data });
    else if (outcome.failure.kind === "problem" && outcome.failure.code === "not_found")
      setState({ kind: "unknown" });
    else setState({ kind: "away" });
  }, [token]);
  useEffect(() => void load(), [load]);
  useEffect(() => {
    document.title = `${text("certificate.title")} · ${text("product.name")}`;
  }, [text]);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-2xl flex-col">
      <header className="flex h-14 items-center gap-3 px-4">
        <Logo className="size-8" />
        <p className="min-w-0 flex-1 truncate text-base font-semibold">
          {state.kind === "shown" ? state.certificate.workshop : text("product.name")}
        </p>
        <LanguageButton />
      </header>
      <main
        data-testid="certificate"
        className="flex-1 px-4 pb-10"
        aria-busy={state.kind === "loading"}
      >
        {state.kind === "shown" && <Shown certificate={state.certificate} />}
        {state.kind === "unknown" && (
          <StatePanel
            isPage
            icon={FileQuestion}
            title={text("certificate.unknown")}
            more={text("certificate.unknownMore")}
          />
        )}
        {state.kind === "away" && (
          <StatePanel
            isPage
            icon={WifiOff}
            title={text("certificate.away")}
            more={text("certificate.awayMore")}
          >
            <Button onClick={() => void load()}>{text("certificate.again")}</Button>
          </StatePanel>
        )}
      </main>
    </div>
  );
}

function Shown({ certificate }: { certificate: CertificateCheck }) {
  const { text, language } = useI18n();
  const { timezone } = certificate;
  const day = new Intl.DateTimeFormat(`${language}-IN`, { dateStyle: "long", timeZone: timezone });
  const facts: [string, string][] = [
    [text("certificate.car"), certificate.car],
    [text("certificate.plate"), certificate.plate],
    [text("certificate.work"), certificate.work],
    [
      text("certificate.done"),
      `${day.format(certificate.startedAt)}, ${clockTime(certificate.startedAt, timezone)} – ${clockTime(certificate.endedAt, timezone)}`,
    ],
    [
      text("certificate.number"),
      `${certificate.number}, ${text("certificate.version", { version: String(certificate.version) })}`,
    ],
    [text("certificate.issued"), day.format(certificate.issuedAt)],
  ];
  return (
    <>
      <Verdict certificate={certificate} />
      <dl className="mt-5 grid gap-x-6 gap-y-4 rounded-card bg-surface p-5 shadow-1 sm:grid-cols-2">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-sm text-ink-3">{name}</dt>
            <dd className="num mt-0.5 text-base font-medium break-words">{value}</dd>
          </div>
        ))}
      </dl>
      <AirOf certificate={certificate} />
      <div className="mt-5 text-sm text-ink-3">
        <p>{text("certificate.fingerprint")}</p>
        <p className="num mt-0.5 break-words text-ink-2">
          {certificate.fingerprint.match(/.{8}/g)?.join(" ")}
        </p>
        <p className="mt-2 break-all">{text("certificate.key", { key: certificate.keyId })}</p>
      </div>
    </>
  );
}

function Verdict({ certificate }: { certificate: CertificateCheck }) {
  const { text } = useI18n();
  const { genuine, version, newest } = certificate;
  const Icon = genuine ? ShieldCheck : ShieldAlert;
  return (
    <>
      <div
        className={`flex gap-4 rounded-card p-5 ${genuine ? "bg-ok-soft text-ok" : "bg-bad-soft text-bad"}`}
      >
        <Icon aria-hidden="true" className="size-9 flex-none" />
        <div>
          <h1 className="text-xl font-semibold tracking-[-0.01em]">
            {text(genuine ? "certificate.genuine" : "certificate.forged")}
          </h1>
          <p className="mt-1 text-base text-ink-2">
            {text(genuine ? "certificate.genuineMore" : "certificate.forgedMore")}
          </p>
        </div>
      </div>
      {newest > version && (
        <p className="mt-3 rounded-card bg-warn-soft p-4 text-base text-warn">
          {text("certificate.newer", { newest: String(newest) })}
        </p>
      )}
    </>
  );
}

function AirOf({ certificate }: { certificate: CertificateCheck }) {
  const { text } = useI18n();
  if (certificate.measuredMinutes <= 0)
    return <p className="mt-5 text-base text-ink-2">{text("certificate.nothing")}</p>;
  const quantities: [string, Measured, string][] = [
    [text("certificate.temperature"), certificate.temperature, "\u00a0°C"],
    [text("certificate.humidity"), certificate.humidity, "\u00a0%"],
    [text("certificate.dewPoint"), certificate.dewPoint, "\u00a0K"],
    [text("certificate.airQuality"), certificate.airQuality, ""],
  ];
  const { share } = certificate.air;
  return (
    <section className="mt-5 rounded-card bg-surface p-5 shadow-1">
      {share !== null && (
        <h2 className="num text-lg font-semibold">
          {text("certificate.inSpec", { share: String(share) })}
        </h2>
      )}
      <p className="num mt-0.5 text-base text-ink-2">
        {text("certificate.measured", {
          minutes: durationText(Math.round(certificate.measuredMinutes), text),
        })}
      </p>
      <ul className="mt-4 grid gap-x-6 gap-y-3 sm:grid-cols-2">
        {quantities.map(([name, measured, unit]) => (
          <li key={name} className="flex items-baseline justify-between gap-3 text-base">
            <span className="text-ink-2">{name}</span>
            <span className="num text-right font-medium">
              <Range measured={measured} unit={unit} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Range({ measured, unit }: { measured: Measured; unit: string }) {
  const { text } = useI18n();
  const { low, high, share } = measured;
  if (low === null || high === null) return text("certificate.notMeasured");
  const range =
    low === high
      ? `${low}${unit}`
      : text("certificate.range", { low: String(low), high: `${high}${unit}` });
  return share === null ? range : `${share} % · ${range}`;
}
