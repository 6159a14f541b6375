import { useText } from "../../shared/i18n/I18nContext";
import { Skeleton } from "../../shared/ui/Skeleton";

const lines = [1, 2, 3, 4, 5];

/** The shape of the page while the first answer is on its way. */
export function ServersSkeleton() {
  const text = useText();
  return (
    <div aria-busy="true">
      <span className="sr-only">{text("page.loading")}</span>
      <div aria-hidden="true" className="flex flex-col gap-3 lg:gap-4">
        <div className="flex items-center gap-4 rounded-card bg-surface p-4 shadow-card lg:p-5">
          <Skeleton className="size-12 rounded-full" />
          <div className="flex flex-1 flex-col gap-2.5">
            <Skeleton className="h-5 w-72 max-w-full" />
            <Skeleton className="h-3.5 w-48 max-w-full" />
          </div>
        </div>
        <div className="flex flex-col gap-5 rounded-card bg-surface p-4 shadow-card lg:p-5">
          <Skeleton className="h-5 w-32" />
          {lines.map((line) => (
            <Skeleton key={line} className="h-3.5 w-full" />
          ))}
        </div>
      </div>
    </div>
  );
}
