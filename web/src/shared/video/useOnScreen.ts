import { type RefObject, useEffect, useState } from "react";

/** Whether any of the element can be seen, or soon will be; true where the browser cannot tell. */
export function useOnScreen(ref: RefObject<Element | null>): boolean {
  const canTell = typeof IntersectionObserver !== "undefined";
  const [isOnScreen, setOnScreen] = useState(!canTell);
  useEffect(() => {
    if (!canTell || ref.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => setOnScreen(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: "100px" },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref, canTell]);
  return isOnScreen;
}
