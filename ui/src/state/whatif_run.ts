// One what-if under way: asked, watched, stopped.

import { useCallback, useEffect, useRef, useState } from "react";
import { api, type ScenarioQuestion } from "../api/client";
import type { WhatIfAnswer, WhatIfRun } from "../api/types";

const kLook = 150; // ms

export interface Asking {
  answer: WhatIfAnswer | null;
  /** 0 … 1 while it runs, null otherwise. */
  progress: number | null;
  trouble: string;
  ask: (question: ScenarioQuestion) => void;
  stop: () => void;
}

const over = (run: WhatIfRun) => run.state !== "waiting" && run.state !== "running";

export function useWhatIf(): Asking {
  const [answer, setAnswer] = useState<WhatIfAnswer | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const [trouble, setTrouble] = useState("");
  const current = useRef<number | null>(null);
  const gone = useRef(false);

  const stop = useCallback(() => {
    if (current.current !== null) api.stopWhatIf(current.current).catch(() => {}); // it is over by itself
  }, []);
  useEffect(() => {
    gone.current = false; // React mounts twice while developing
    return () => {
      gone.current = true;
      stop();
    };
  }, [stop]);

  const ask = useCallback((question: ScenarioQuestion) => {
    const watch = async () => {
      let run = await api.startWhatIf(question);
      current.current = run.id;
      while (!over(run)) {
        setProgress(run.of > 0 ? run.done / run.of : 0);
        await new Promise((resolve) => setTimeout(resolve, kLook));
        if (gone.current) return;
        run = await api.whatIfRun(run.id);
      }
      if (run.answer) setAnswer(run.answer);
      setTrouble(run.error ?? (run.answer ? "" : "Stopped before anything was done."));
    };
    setProgress(0);
    watch()
      .catch((error: Error) => setTrouble(error.message))
      .finally(() => {
        current.current = null;
        if (!gone.current) setProgress(null);
      });
  }, []);

  return { answer, progress, trouble, ask, stop };
}
