// How the alarms themselves are doing (EEMUA 191): the rate, and the split by priority.

import { AlarmGlyph } from "../parts/glyphs";
import { useEpisodes } from "../state/episodes";
import { useNow } from "../state/hooks";
import { kPriorities } from "../state/plant_index";
import { shortPathText } from "../state/words";

const kTenMinutes = 600_000;
const kDay = 86_400_000;

export function AlarmFigures() {
  const now = useNow();
  const episodes = useEpisodes();
  const day = episodes.filter((e) => e.from > now - kDay && e.from <= now);
  const lately = day.filter((e) => e.from > now - kTenMinutes).length;
  const actors = new Map<string, number>();
  for (const { asset } of day) actors.set(asset, (actors.get(asset) ?? 0) + 1);
  const worst = [...actors.entries()].sort((a, b) => b[1] - a[1])[0];
  return (
    <dl className="figures num">
      <div title="Aim: less than one per operator"><dt>last 10 min</dt><dd>{lately}</dd></div>
      <div><dt>last 24 h</dt><dd>{day.length}</dd></div>
      <div>
        <dt className="for-readers">by priority</dt>
        <dd className="split">
          {kPriorities.map((p) => (
            <span key={p} title={`${p} in the last 24 h`}>
              <AlarmGlyph priority={p} filled={false} size={14} /> {day.filter((e) => e.priority === p).length}
            </span>
          ))}
        </dd>
      </div>
      {worst && worst[1] > 1 && <div className="hide-narrow"><dt>most from</dt><dd>{shortPathText(worst[0])} {worst[1]}</dd></div>}
    </dl>
  );
}
