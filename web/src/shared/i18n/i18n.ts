import type { certificate } from "./en/certificate";
import type { claim } from "./en/claim";
import type { clip } from "./en/clip";
import type { common } from "./en/common";
import type { consoleTexts } from "./en/console";
import type { customer } from "./en/customer";
import type { recordings } from "./en/recordings";
import type { servers } from "./en/servers";
import type { stages } from "./en/stages";

/**
 * Texts of the page in the chosen language. English is part of the entry; Hindi is loaded when
 * chosen. A missing text shows its key, which a test prevents.
 */

export type Language = "en" | "hi";

export type TextKey =
  | keyof typeof common
  | keyof typeof customer
  | keyof typeof consoleTexts
  | keyof typeof claim
  | keyof typeof servers
  | keyof typeof recordings
  | keyof typeof certificate
  | keyof typeof clip
  | keyof typeof stages;

export type Text = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

export type Dictionary = Readonly<Record<string, string>>;

export interface Languages {
  en: Dictionary;
  loadHindi: () => Promise<Dictionary>;
}

export interface I18nState {
  language: Language;
  text: Text;
  /** Null where the dictionary has no such text. */
  lookup: (key: string) => string | null;
}

const storageKey = "pitview.language";

export function fillIn(
  template: string,
  values: Readonly<Record<string, string | number>>,
): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export class I18n {
  readonly #languages: Languages;
  readonly #listeners = new Set<() => void>();
  #state: I18nState;
  #wanted: Language = "en";

  constructor(languages: Languages) {
    this.#languages = languages;
    this.#state = stateOf("en", languages.en);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): I18nState => this.#state;

  /** The language chosen before, or else the browser's. */
  async restore(): Promise<void> {
    await this.#show(storedLanguage() ?? (navigator.language.startsWith("hi") ? "hi" : "en"));
  }

  async choose(language: Language): Promise<void> {
    try {
      localStorage.setItem(storageKey, language);
    } catch {
      // Storage is blocked: the choice lasts for this page.
    }
    await this.#show(language);
  }

  async #show(language: Language): Promise<void> {
    this.#wanted = language;
    try {
      const dictionary = language === "hi" ? await this.#languages.loadHindi() : this.#languages.en;
      if (this.#wanted !== language) return;
      this.#state = stateOf(language, dictionary);
    } catch {
      // The Hindi texts could not be loaded (offline): the page stays readable as it is.
      return;
    }
    document.documentElement.lang = language;
    for (const listener of this.#listeners) listener();
  }
}

function storedLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === "hi" || stored === "en" ? stored : null;
  } catch {
    return null;
  }
}

function stateOf(language: Language, dictionary: Dictionary): I18nState {
  const lookup = (key: string): string | null =>
    Object.hasOwn(dictionary, key) ? (dictionary[key] ?? null) : null;
  const text: Text = (key, values = {}) => fillIn(lookup(key) ?? key, values);
  return { language, text, lookup };
}
