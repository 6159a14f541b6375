/** Light, dark, or as the device is set. The result stands on <html data-theme>. */
export type ThemeChoice = "system" | "light" | "dark";

const storageKey = "pitview.theme";
const order: readonly ThemeChoice[] = ["system", "light", "dark"];

export class Theme {
  readonly #prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  readonly #listeners = new Set<() => void>();
  #choice: ThemeChoice = storedChoice();

  constructor() {
    this.#prefersDark.addEventListener("change", () => this.#paint());
    this.#paint();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly choice = (): ThemeChoice => this.#choice;

  next(): void {
    this.#choice = order[(order.indexOf(this.#choice) + 1) % order.length] ?? "system";
    try {
      localStorage.setItem(storageKey, this.#choice);
    } catch {
      // Storage is blocked: the choice lasts for this page.
    }
    this.#paint();
    for (const listener of this.#listeners) listener();
  }

  #paint(): void {
    const isDark =
      this.#choice === "dark" || (this.#choice === "system" && this.#prefersDark.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }
}

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(storageKey);
    return order.find((choice) => choice === stored) ?? "system";
  } catch {
    return "system";
  }
}
