import { useText } from "../../shared/i18n/I18nContext";
import { Skeleton } from "../../shared/ui/Skeleton";

/** The shape of the page while the first snapshot is on its way. */
export function CustomerSkeleton() {
  const text = useText();
  return (
    <div aria-busy="true" className="lg:grid lg:grid-cols-[minmax(0,1fr)_380px] lg:gap-4">
      <span className="sr-only">{text("page.loading")}</span>
      <div className="overflow-hidden bg-surface shadow-card lg:rounded-card">
        <div className="aspect-video bg-video" />
        <div className="p-4 lg:p-6">
          <Skeleton className="h-4 w-28" />
          <Skeleton className="mt-3 h-12 w-60" />
          <Skeleton className="mt-3 h-4 w-44" />
          <Skeleton className="mt-6 h-1.5 w-full" />
          <Skeleton className="mt-4 h-5 w-40" />
        </div>
      </div>
      <div className="mx-3 mt-3 h-72 rounded-card bg-surface p-4 shadow-card lg:mx-0 lg:mt-0">
        <Skeleton className="h-5 w-36" />
        <Skeleton className="mt-3 h-4 w-24" />
      </div>
    </div>
  );
}
