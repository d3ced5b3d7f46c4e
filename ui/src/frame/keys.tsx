// What the keyboard can do.

import { Dialog } from "../parts/controls";

const kKeys: [string, string][] = [
  ["Tab", "to the next thing; Shift+Tab back"],
  ["↑ ↓ ← →", "in the asset tree: move, open, close; Enter goes there"],
  ["j / k", "in the alarm list: next, previous"],
  ["a", "acknowledge the alarm that is selected"],
  ["s", "shelve it"],
  ["r", "say what it was: real, or a false alarm"],
  ["Enter", "open or close its details"],
  ["← →", "on the time bar: a minute; with Shift ten minutes, with Alt a second"],
  ["Page ↑ ↓", "on the time bar: an hour; Home the oldest, End live"],
  ["l", "return to live"],
  ["Esc", "close what is open"],
  ["?", "this list"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {kKeys.map(([key, text]) => (
          <div key={key + text}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
