import { useText } from "../../shared/i18n/I18nContext";
import type { Mark, Quantity } from "../../shared/sensors/levels";
import { sparklinePath } from "./sparklinePath";
import type { History } from "./useRoomHistory";

const box = { width: 84, height: 28 };

const strokes: Record<Mark, string> = {
  good: "stroke-ok-fill",
  fair: "stroke-warn-fill",
  poor: "stroke-bad-fill",
  settling: "stroke-line-strong",
  stale: "stroke-line-strong",
  unknown: "stroke-line-strong",
};

interface Props {
  history: History;
  quantity: Quantity;
  mark: Mark;
}

/** The last two hours as a line without axes; the number beside it says the value. */
export function Sparkline({ history, quantity, mark }: Props) {
  const text = useText();
  const path = sparklinePath(history.points, quantity, history.fromMs, history.toMs, box);
  const label = text("customer.trend", { sensor: text(`sensor.${quantity}`) });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`-2 -3 ${box.width + 4} ${box.height + 6}`}
      className="h-[34px] w-[88px] shrink-0"
    >
      <path
        d={path}
        fill="none"
        strokeWidth="1.6"
        strokeLinejoin="round"
        strokeLinecap="round"
        className={strokes[mark]}
      />
    </svg>
  );
}
