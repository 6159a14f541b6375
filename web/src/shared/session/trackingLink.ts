/**
 * The token of the link `/t/{token}` that the page was opened with. It is taken out of the address
 * before anything else happens, so that neither history, bookmark nor screenshot keeps it.
 */
export function takeTrackingLink(): string | null {
  const token = /^\/t\/([^/]+)$/.exec(window.location.pathname)?.[1];
  if (token === undefined) return null;
  window.history.replaceState(null, "", "/");
  return token;
}
