import { useText } from "../i18n/I18nContext";
import { useConnection } from "../live/LiveContext";
import { Notice } from "./Notice";

/** Appears when the shown values may be old because the connection is away. */
export function ConnectionNotice() {
  const { state, loaded, failures } = useConnection();
  const text = useText();
  // A single failed attempt is usually over before anybody has read the sentence.
  if (state !== "reconnecting" || !loaded || failures < 2) return null;
  return <Notice kind="warn">{text("connection.lost")}</Notice>;
}
