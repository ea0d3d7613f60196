// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Runs in the app's page before the app: notes when things were shown, long tasks, and frames. It changes nothing.
(() => {
  const shown = {};
  const long = [];
  globalThis.bench = { shown, long };

  /** After it is drawn: the frame after the one that shows it. */
  const drawn = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go(performance.now()))));

  /** When `selector` fits something for the first time, drawn. */
  bench.until = (selector, { text, gone } = {}) =>
    new Promise((go) => {
      const there = () => {
        const found = [...document.querySelectorAll(selector)].some((element) => !text || element.textContent.includes(text));
        return gone ? !found : found;
      };
      const look = () => {
        if (!there()) return false;
        observer.disconnect();
        drawn().then(go);
        return true;
      };
      const observer = new MutationObserver(look);
      if (!look()) observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    });

  for (const [name, selector] of [
    ["lock", "input[aria-label]"],
    ["list", ".chat-row__name"],
  ]) {
    bench.until(selector).then((time) => (shown[name] = time));
  }

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) long.push({ start: entry.startTime, ms: entry.duration });
  }).observe({ type: "longtask", buffered: true });

  /** From a press on something to what it shows, in milliseconds. */
  bench.press = async (element, selector, options) => {
    const begun = performance.now();
    element.click();
    return (await bench.until(selector, options)) - begun;
  };

  /** From the next input in a field until what follows from it is drawn. */
  bench.keystroke = (field) =>
    new Promise((go) => {
      const begin = () => {
        const begun = performance.now();
        drawn().then((time) => go(time - begun));
      };
      field.addEventListener("input", begin, { once: true, capture: true });
    });

  /** Scrolls as a finger would for a while; which frames came late. */
  bench.scroll = async (element, { ms, step }) => {
    const frames = [];
    const begun = performance.now();
    let before = begun;
    while (performance.now() - begun < ms) {
      element.scrollTop -= step;
      const now = await new Promise((go) => requestAnimationFrame(go));
      frames.push(now - before);
      before = now;
    }
    return frames.slice(1);
  };
})();
