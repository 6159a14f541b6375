import { useText } from "../../shared/i18n/I18nContext";
import { Skeleton } from "../../shared/ui/Skeleton";

const places = [1, 2, 3, 4, 5, 6];

/** The shape of the grid while the first snapshot is on its way. */
export function GridSkeleton() {
  const text = useText();
  return (
    <div aria-busy="true">
      <span className="sr-only">{text("page.loading")}</span>
      <div aria-hidden="true" className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {places.map((place) => (
          <div key={place} className="overflow-hidden rounded-card bg-surface shadow-card">
            <div className="aspect-video bg-video" />
            <div className="flex h-[109px] flex-col gap-2.5 p-3.5">
              <Skeleton className="h-4 w-32" />
              <Skeleton className="h-3 w-48" />
              <Skeleton className="h-1.5 w-full" />
              <Skeleton className="h-3 w-24" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
