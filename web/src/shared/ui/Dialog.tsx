import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useText } from "../i18n/I18nContext";
import { IconButton } from "./Button";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A modal on the browser's own <dialog>: it keeps the focus inside, closes on Escape and gives the
 * focus back. What is marked data-autofocus has it first. A sheet from below on phones, a centred panel otherwise. Mounted means open.
 */
export function Dialog({ title, onClose, children }: Props) {
  const text = useText();
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const focusedBefore = document.activeElement;
    if (!element.open) element.showModal();
    element.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      element.close();
      if (focusedBefore instanceof HTMLElement) focusedBefore.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="fixed inset-x-0 top-auto bottom-0 m-0 max-h-[92dvh] w-full max-w-none overflow-y-auto overscroll-contain rounded-t-sheet bg-raised p-0 text-ink shadow-pop backdrop:bg-black/50 sm:inset-0 sm:m-auto sm:h-fit sm:max-w-[520px] sm:rounded-sheet"
    >
      <header className="sticky top-0 z-10 flex items-center gap-3 bg-raised py-3 pr-3 pl-5">
        <h2 id={titleId} className="min-w-0 flex-1 truncate text-lg font-semibold">
          {title}
        </h2>
        <IconButton label={text("action.close")} onClick={onClose}>
          <X aria-hidden="true" className="size-5" />
        </IconButton>
      </header>
      <div className="px-5 pb-[max(20px,env(safe-area-inset-bottom))]">{children}</div>
    </dialog>
  );
}
