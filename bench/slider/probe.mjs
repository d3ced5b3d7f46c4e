// Runs inside the page: when frames came, what held them up, and when which picture of the past was shown.

/** To be given to addInitScript; leaves what it saw in `window.gemelProbe`. */
export function probe() {
  const seen = { frames: [], longTasks: [], inputs: [], shown: [], requests: 0 };
  window.gemelProbe = seen;
  const frame = (t) => {
    seen.frames.push(t);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) seen.longTasks.push({ at: task.startTime, ms: task.duration });
  }).observe({ type: "longtask" });
  window.addEventListener("pointermove", (event) => event.buttons && seen.inputs.push(event.timeStamp), true);

  const ask = window.fetch;
  window.fetch = async (...words) => {
    const asked = performance.now();
    const answer = await ask(...words);
    if (!String(words[0]).includes("/snapshot")) return answer;
    seen.requests += 1;
    const read = answer.json.bind(answer);
    answer.json = async () => {
      const body = await read();
      // Drawn in the frame after the next one at the latest.
      requestAnimationFrame(() => requestAnimationFrame((t) => seen.shown.push({ asked, at: t })));
      return body;
    };
    return answer;
  };
}
