/** A quiet block where content will be. */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden="true" className={`block rounded-chip bg-line ${className}`} />;
}
