import { Eye, EyeOff } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Failure } from "../../shared/api/failure";
import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import type { Portal } from "../../shared/session/portal";
import { useSession } from "../../shared/session/SessionContext";
import type { SignedOutReason } from "../../shared/session/session";
import { Button, IconButton } from "../../shared/ui/Button";
import { FormField } from "../../shared/ui/FormField";
import { failureText } from "../../shared/ui/failureText";
import { LanguageButton } from "../../shared/ui/LanguageButton";
import { Logo } from "../../shared/ui/Logo";
import { Notice } from "../../shared/ui/Notice";
import { ThemeButton } from "../../shared/ui/ThemeButton";

type Missing = { username?: TextKey; password?: TextKey };

/** The password was right, but there is nothing left to see. */
const isAccessOver = (failure: Failure): boolean =>
  failure.kind === "problem" && failure.code === "forbidden";

interface Props {
  portal: Portal;
  reason: SignedOutReason;
  /** What signing in is for here; otherwise the portal's own sentence. */
  lead?: TextKey;
}

/** Sign-in by username and password, the same everywhere but for its first sentence. */
export function LoginPage({ portal, reason, lead }: Props) {
  const text = useText();
  const session = useSession();
  const usernameInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isShown, setShown] = useState(false);
  const [missing, setMissing] = useState<Missing>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);

  useEffect(() => {
    document.title = `${text("login.title")} · ${text("product.name")}`;
  }, [text]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const found: Missing = {
      ...(username.trim() === "" ? { username: "login.usernameMissing" } : {}),
      ...(password === "" ? { password: "login.passwordMissing" } : {}),
    };
    setMissing(found);
    setFailure(null);
    if (found.username !== undefined) return usernameInput.current?.focus();
    if (found.password !== undefined) return passwordInput.current?.focus();
    setBusy(true);
    const failed = await session.login(username.trim(), password);
    setBusy(false);
    setFailure(failed);
    if (failed !== null) passwordInput.current?.select();
  };

  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-end gap-1 px-3 py-1.5 lg:px-6">
        <LanguageButton />
        <ThemeButton />
      </header>
      <main className="mx-auto flex w-full max-w-[400px] flex-1 flex-col px-4 pt-[6vh] pb-10 sm:pt-[12vh]">
        <div className="mb-6 flex items-center gap-3">
          <Logo className="size-11" />
          <p className="text-xl font-semibold">{text("product.name")}</p>
        </div>
        <section className="rounded-card bg-surface p-5 shadow-card sm:p-6">
          <h1 className="text-2xl font-semibold tracking-[-0.015em]">{text("login.title")}</h1>
          <p className="mt-1 text-base text-ink-2">
            {text(lead ?? (portal === "customer" ? "login.customerLead" : "login.consoleLead"))}
          </p>
          <form
            noValidate
            onSubmit={(event) => void submit(event)}
            className="mt-5 flex flex-col gap-4"
          >
            {failure !== null ? (
              <Notice kind="bad">
                {isAccessOver(failure) ? text("login.accessOver") : failureText(failure, text)}
              </Notice>
            ) : reason === "ended" ? (
              <Notice kind="info">{text("login.ended")}</Notice>
            ) : reason === "signed_out" ? (
              <Notice kind="info">{text("login.signedOut")}</Notice>
            ) : reason === "link_invalid" ? (
              <Notice kind="info">{text("login.linkInvalid")}</Notice>
            ) : null}
            <FormField
              label={text("login.username")}
              error={missing.username && text(missing.username)}
            >
              {(control) => (
                <input
                  {...control}
                  ref={usernameInput}
                  data-testid="login-username"
                  name="username"
                  autoComplete="username"
                  autoCapitalize="none"
                  autoCorrect="off"
                  spellCheck={false}
                  value={username}
                  onChange={(event) => setUsername(event.target.value)}
                />
              )}
            </FormField>
            <FormField
              label={text("login.password")}
              error={missing.password && text(missing.password)}
            >
              {(control) => (
                <div className="relative">
                  <input
                    {...control}
                    ref={passwordInput}
                    data-testid="login-password"
                    name="password"
                    type={isShown ? "text" : "password"}
                    autoComplete="current-password"
                    className={`${control.className} pr-12`}
                    value={password}
                    onChange={(event) => setPassword(event.target.value)}
                  />
                  <IconButton
                    label={text(isShown ? "login.hidePassword" : "login.showPassword")}
                    className="absolute inset-y-0 right-0 lg:h-10"
                    onClick={() => setShown(!isShown)}
                  >
                    {isShown ? (
                      <EyeOff aria-hidden="true" className="size-[18px]" />
                    ) : (
                      <Eye aria-hidden="true" className="size-[18px]" />
                    )}
                  </IconButton>
                </div>
              )}
            </FormField>
            <Button
              type="submit"
              busy={isBusy}
              data-testid="login-submit"
              className="mt-1 w-full text-base"
            >
              {text(isBusy ? "login.busy" : "login.submit")}
            </Button>
          </form>
        </section>
        {portal === "customer" && (
          <p className="mt-4 px-1 text-sm text-ink-3">{text("login.help")}</p>
        )}
      </main>
    </div>
  );
}
