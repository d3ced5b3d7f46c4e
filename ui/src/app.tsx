// The frame around every screen: header, bands, screen, time bar, status line.

import { useState } from "react";
import { LostBand, PastBand } from "./frame/bands";
import { Footer } from "./frame/footer";
import { IdentityButton, TokenScreen } from "./frame/identity";
import { KeysDialog } from "./frame/keys";
import { AssetTree } from "./frame/tree";
import { TimeBar } from "./frame/time_bar";
import { AlarmGlyph } from "./parts/glyphs";
import { Empty, Go } from "./parts/controls";
import { ThemeButton } from "./parts/theme";
import { AlarmsScreen } from "./screens/alarms";
import { AssetScreen } from "./screens/asset";
import { EventsScreen } from "./screens/events";
import { OverviewScreen } from "./screens/overview";
import { RecommendationsScreen } from "./screens/recommendations";
import { WhatIfScreen } from "./screens/whatif";
import { useDesk, useKeys, useLiveNow, usePlant } from "./state/hooks";
import { byUrgency, needsAttention, stateOf } from "./state/plant_index";
import { seek, useScreen, type Screen } from "./state/route";
import { useTopic } from "./state/topics";
import { twin } from "./state/twin";
import { clockText, dayText, utcText, zoneText } from "./state/words";

const kScreens: { screen: Screen; text: string }[] = [
  { screen: "plant", text: "Plant" },
  { screen: "alarms", text: "Alarms" },
  { screen: "recommendations", text: "Recommendations" },
  { screen: "whatif", text: "What if" },
  { screen: "events", text: "Events" },
];

function AlarmCount() {
  const { alarms } = useDesk();
  const open = alarms.filter(needsAttention).sort(byUrgency);
  const worst = open[0];
  if (!worst) return null;
  const fresh = open.filter((a) => stateOf(a) === "unacknowledged").length;
  return (
    <span className="tab-count" title={`${fresh} not acknowledged, ${open.length} in all`}>
      <AlarmGlyph priority={worst.priority} filled={fresh > 0} size={15} />
      <span className="num">{fresh || open.length}</span>
    </span>
  );
}

function RecommendationCount() {
  const open = useDesk().recommendations.filter((r) => !r.decided).length;
  return open === 0 ? null : <span className="tab-count num" title={`${open} wait for an answer`}>{open}</span>;
}

function Clock() {
  const now = useLiveNow();
  return (
    <time className="clock num" title={utcText(now)} dateTime={new Date(now).toISOString()}>
      <span className="hide-narrow">{dayText(now)} </span>
      {clockText(now)} <span className="muted">{zoneText(now)}</span>
    </time>
  );
}

function Header({ onHelp }: { onHelp: () => void }) {
  const screen = useScreen();
  const plant = usePlant().plant;
  return (
    <header className="top">
      <span className="plant-name">{plant.name}</span>
      <nav aria-label="Screens" className="tabs">
        {kScreens.map(({ screen: to, text }) => (
          <Go key={to} to={{ screen: to, asset: "" }} current={to === screen || (to === "plant" && screen === "asset")}>
            {text}
            {to === "alarms" && <AlarmCount />}
            {to === "recommendations" && <RecommendationCount />}
          </Go>
        ))}
      </nav>
      <span className="spring" />
      <Clock />
      <IdentityButton />
      <ThemeButton />
      <button type="button" className="quiet icon-button" aria-label="Keys" title="Keys (?)" onClick={onHelp}>
        ?
      </button>
    </header>
  );
}

/** The tree stays while one goes from asset to asset, and with it the keyboard's place in it. */
function PlantScreens() {
  return (
    <div className="with-tree">
      <AssetTree />
      {useScreen() === "plant" ? <OverviewScreen /> : <AssetScreen />}
    </div>
  );
}

function CurrentScreen() {
  switch (useScreen()) {
    case "plant":
    case "asset": return <PlantScreens />;
    case "alarms": return <AlarmsScreen />;
    case "recommendations": return <RecommendationsScreen />;
    case "whatif": return <WhatIfScreen />;
    case "events": return <EventsScreen />;
  }
}

function Frame() {
  const [help, setHelp] = useState(false);
  useKeys({ "?": () => setHelp(true), l: () => seek(null) });
  return (
    <div className="frame">
      <a className="skip" href="#screen" onClick={(event) => (event.preventDefault(), document.getElementById("screen")?.focus())}>
        Skip to the screen
      </a>
      <Header onHelp={() => setHelp(true)} />
      <PastBand />
      <LostBand />
      <main id="screen" tabIndex={-1}>
        <CurrentScreen />
      </main>
      <TimeBar />
      <Footer />
      {help && <KeysDialog onClose={() => setHelp(false)} />}
    </div>
  );
}

export function App() {
  const plant = useTopic("plant", twin.index);
  const trouble = useTopic("plant", twin.trouble);
  const needsToken = useTopic("session", twin.needsToken);
  if (needsToken) return <TokenScreen />;
  if (plant) return <Frame />;
  return (
    <main className="waiting">
      {trouble ? <Empty title="Gemel does not answer">{trouble}</Empty> : <Empty title="Loading the plant…" />}
    </main>
  );
}
