/** The product's mark; decoration beside a name. */
export function Logo({ className = "size-9" }: { className?: string }) {
  return (
    <svg viewBox="0 0 40 40" aria-hidden="true" className={`shrink-0 ${className}`}>
      <rect width="40" height="40" rx="10" className="fill-[#0d1420]" />
      <path
        d="M9 25a11 11 0 0 1 22 0"
        fill="none"
        stroke="#7fb2ff"
        strokeWidth="3.4"
        strokeLinecap="round"
      />
      <path
        d="M15 26a5 5 0 0 1 10 0"
        fill="none"
        stroke="#fff"
        strokeWidth="3.4"
        strokeLinecap="round"
      />
    </svg>
  );
}
