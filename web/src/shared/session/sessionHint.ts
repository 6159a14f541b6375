/**
 * Remembers, without any secret, that this browser has signed in. The refresh cookie is HttpOnly
 * and so invisible here; without the hint every first visit would start with a failing refresh.
 */
const key = "pitview.signed-in";

export const sessionHint = {
  /** True also when storage is blocked: then only the server knows. */
  mayHaveSession(): boolean {
    try {
      return localStorage.getItem(key) === "1";
    } catch {
      return true;
    }
  },
  set(signedIn: boolean): void {
    try {
      if (signedIn) localStorage.setItem(key, "1");
      else localStorage.removeItem(key);
    } catch {
      // Storage is blocked: mayHaveSession() answers true and the server decides.
    }
  },
};
