// Buttons, dialogs, links and the like: what a hand or a key reaches for.

import { useEffect, useId, useRef, type ReactNode } from "react";
import { useMayWrite, useNow } from "../state/hooks";
import { go, hrefOf, useRoute, type Route } from "../state/route";
import { ageText, timeText, utcText } from "../state/words";

/** A link to another screen at the same moment. */
export function Go({ to, className, children, title, current }: {
  to: Partial<Route>; className?: string; children: ReactNode; title?: string; current?: boolean;
}) {
  const route = { ...useRoute(), ...to };
  return (
    <a
      href={hrefOf(route)}
      className={className}
      title={title}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

interface WriteButtonProps {
  onClick: () => void;
  children: ReactNode;
  className?: string;
  label?: string;
  busy?: boolean;
}

/** Changes something in the plant or its record. Cannot be pressed in the past or without a connection, and says why. */
export function WriteButton({ onClick, children, className = "", label, busy = false }: WriteButtonProps) {
  const { may, why } = useMayWrite();
  const reason = useId();
  return (
    <>
      <button
        type="button"
        className={`write ${className}`}
        aria-disabled={!may || busy}
        aria-label={label}
        aria-describedby={may ? undefined : reason}
        title={may ? undefined : why}
        onClick={() => may && !busy && onClick()}
      >
        {children}
      </button>
      {!may && (
        <span id={reason} className="for-readers">
          {why}
        </span>
      )}
    </>
  );
}

/** One line under a group of write buttons, for eyes. */
export function WhyNotWrite() {
  const { may, why } = useMayWrite();
  return may ? null : <p className="why-not">{why}</p>;
}

/** Modal; Escape and the × close it, the focus stays inside and returns to where it was. `data-autofocus` gets it first. */
export function Dialog({ title, onClose, children, wide = false }: {
  title: string; onClose: () => void; children: ReactNode; wide?: boolean;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const dialog = element.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      dialog?.close();
      before?.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={wide ? "wide" : ""}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <button type="button" className="quiet icon-button" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** One of a few; arrow keys move, as in a group of radio buttons. */
export function Segments<T extends string>({ label, options, value, onChange }: {
  label: string; options: { value: T; text: string; title?: string }[]; value: T | null; onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="segments">
      <legend className="for-readers">{label}</legend>
      {options.map((option) => (
        <label key={option.value} title={option.title}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A moment in the browser's zone, UTC in the tooltip. */
export function Moment({ at }: { at: string | number | null }) {
  const now = useNow();
  if (at === null) return <span className="muted">–</span>;
  const t = typeof at === "number" ? at : Date.parse(at);
  return (
    <time className="num" dateTime={new Date(t).toISOString()} title={utcText(t)}>
      {timeText(t, now)}
    </time>
  );
}

export function Age({ of, suffix = "" }: { of: string | number; suffix?: string }) {
  const now = useNow();
  const t = typeof of === "number" ? of : Date.parse(of);
  return (
    <span className="num" title={utcText(t)}>
      {ageText(now - t)}
      {suffix}
    </span>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

export function Trouble({ text }: { text: string }) {
  return text === "" ? null : (
    <p className="trouble" role="alert">
      {text}
    </p>
  );
}
