import { type InputHTMLAttributes, useLayoutEffect, useRef } from "react";
import { caretAfter, codeSymbols, codeText } from "./label";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange"> {
  /** The symbols without dashes. */
  code: string;
  onCode: (code: string) => void;
}

/** Groups the code while it is typed; the caret stays where the person is typing. */
export function CodeInput({ code, onCode, ...rest }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  // Without dependencies: also a change that leaves the code as it was has moved the caret.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  return (
    <input
      {...rest}
      ref={input}
      autoComplete="off"
      autoCapitalize="characters"
      autoCorrect="off"
      spellCheck={false}
      value={codeText(code)}
      onChange={({ target }) => {
        const before = target.value.slice(0, target.selectionStart ?? target.value.length);
        caret.current = caretAfter(codeSymbols(before).length);
        onCode(codeSymbols(target.value));
      }}
    />
  );
}
