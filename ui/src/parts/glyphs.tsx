// The page's small drawings. Alarm glyphs say the priority three times: by shape, by number and by colour.

import type { ReactNode } from "react";
import type { Grade, Priority } from "../api/types";
import { rankOf } from "../state/plant_index";

function Drawing({ size = 16, children }: { size?: number; children: ReactNode }) {
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const kAlarmShapes: Record<Priority, string> = {
  critical: "M1.5 1.5h13v13h-13z",
  high: "M8 0.8 15.6 14.6H0.4z",
  medium: "M0.4 1.4H15.6L8 15.2z",
  low: "M8 1a7 7 0 1 1 0 14 7 7 0 0 1 0-14z",
};
const kDigitAt: Record<Priority, number> = { critical: 11.6, high: 12.8, medium: 9.6, low: 11.6 };

interface AlarmGlyphProps {
  priority: Priority;
  /** Filled: nobody has acknowledged it. Outlined: somebody has. */
  filled: boolean;
  size?: number;
}

export function AlarmGlyph({ priority, filled, size = 18 }: AlarmGlyphProps) {
  return (
    <svg className={`alarm-glyph p-${priority} ${filled ? "filled" : "outlined"}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={kAlarmShapes[priority]} />
      <text x="8" y={kDigitAt[priority]} textAnchor="middle">
        {rankOf(priority) + 1}
      </text>
    </svg>
  );
}

/** Nothing for good: what is normal looks quiet. */
export function QualityGlyph({ grade }: { grade: Grade }) {
  if (grade === "good") return null;
  const mark = { uncertain: "?", bad: "✕", missing: "–" }[grade];
  return (
    <span className={`quality q-${grade}`} aria-hidden="true">
      {mark}
    </span>
  );
}

const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 1.4, strokeLinecap: "round", strokeLinejoin: "round" } as const;

export const SunIcon = () => (
  <Drawing>
    <g {...stroke}>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13" />
    </g>
  </Drawing>
);
export const MoonIcon = () => (
  <Drawing>
    <path {...stroke} d="M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1z" />
  </Drawing>
);
export const PersonIcon = () => (
  <Drawing>
    <g {...stroke}>
      <circle cx="8" cy="5" r="2.8" />
      <path d="M2.5 14c.6-3 2.8-4.3 5.5-4.3s4.9 1.3 5.5 4.3" />
    </g>
  </Drawing>
);
export const CheckIcon = () => (
  <Drawing>
    <path {...stroke} strokeWidth={1.8} d="m3 8.5 3.3 3.3L13 4.800" />
  </Drawing>
);
export const ArrowIcon = ({ to }: { to: "left" | "right" }) => (
  <Drawing size={12}>
    <path {...stroke} strokeWidth={1.8} d={to === "left" ? "M10 3 5 8l5 5" : "M6 3l5 5-5 5"} />
  </Drawing>
);

/** The symbols of the schematic, after ISO 14617, around (0, 0), about 40 wide. `fill` 0 … 1: a tank's level. */
export function AssetSymbol({ type, fill }: { type: string; fill: number | null }) {
  const kind = type.toLowerCase();
  if (kind.includes("pump")) {
    return (
      <g className="symbol">
        <circle r="19" />
        <path d="M-9.5-16.45 19 0-9.5 16.45" />
      </g>
    );
  }
  if (kind.includes("valve")) return <g className="symbol"><path d="M-19-11v22L19-11v22zM0 0v-14M-8-14q8-9 16 0z" /></g>;
  if (kind.includes("strainer") || kind.includes("filter")) {
    return (
      <g className="symbol">
        <path d="M0-19 19 0 0 19-19 0z" />
        <path className="thin" strokeDasharray="3 3" d="M0-19V19" />
      </g>
    );
  }
  if (kind.includes("tank") || kind.includes("vessel")) {
    const height = 46 * Math.min(1, Math.max(0, fill ?? 0));
    return (
      <g className="symbol">
        <rect x="-19" y="-24" width="38" height="48" rx="2" />
        {fill !== null && <rect className="liquid" x="-18" y={23 - height} width="36" height={height} rx="1" />}
      </g>
    );
  }
  return <g className="symbol"><rect x="-17" y="-15" width="34" height="30" rx="3" /></g>;
}
