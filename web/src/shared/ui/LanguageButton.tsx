import { useI18n } from "../i18n/I18nContext";

/** Shows the other language's own name. */
export function LanguageButton({ className = "" }: { className?: string }) {
  const { i18n, language, text } = useI18n();
  const other = language === "en" ? "hi" : "en";
  return (
    <button
      type="button"
      aria-label={text("language.switch")}
      onClick={() => void i18n.choose(other)}
      className={`inline-flex h-11 min-w-11 items-center justify-center rounded-ctl px-2 text-sm font-semibold text-ink-2 hover:bg-sunken lg:h-9 ${className}`}
    >
      <span className="font-label">{text("language.other")}</span>
    </button>
  );
}
