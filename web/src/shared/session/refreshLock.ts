/**
 * Runs `work` so that no other tab of this browser runs its own at the same time. The refresh
 * cookie is rotated on each use and a second use of an old one ends the session, so two tabs
 * must never refresh with the same cookie. Without the Web Locks API (plain HTTP on another
 * host than localhost) only the own tab is serialised, by the caller.
 */
export async function withRefreshLock<T>(work: () => Promise<T>): Promise<T> {
  const locks: LockManager | null | undefined = navigator.locks;
  if (locks === null || locks === undefined) return work();
  return locks.request("pitview-refresh", work);
}
