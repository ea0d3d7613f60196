// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// A page that speaks with the shipped worker without the app: `ask(…)` asks it, `pump(…)` sends many messages, as the app
// would. It lies beside the app under /bench/, so that both have one database.
import start from "./probe.js";

await start({ module_or_path: new URL("./probe_bg.wasm", import.meta.url) });
const worker = new Worker(new URLSearchParams(location.search).get("worker"), { type: "module" });
const waiting = new Map();
let next = 1;

worker.onmessage = (event) => {
  const reply = JSON.parse(port.reply(event.data));
  if (!reply.Answer) return;
  const { id, result } = reply.Answer;
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if ("Ok" in result) resolve(result.Ok);
  else reject(new Error(JSON.stringify(result.Err)));
};

globalThis.ask = (ask) =>
  new Promise((resolve, reject) => {
    const id = next++;
    const bytes = port.question(JSON.stringify({ id, ask }));
    if (typeof bytes === "string") return reject(new Error(bytes));
    waiting.set(id, { resolve, reject });
    worker.postMessage(bytes);
  });

const WORDS = "Sperrung Brücke Tor Streife Umleitung Zeuge Wagen Pause Wahllokal Marienplatz Lage Ablösung".split(" ");

/** A line that one might write, never the same twice. */
const line = (number) => {
  const word = (step) => WORDS[Math.floor(number / step) % WORDS.length];
  return `${word(1)} ${word(12)}, Nummer ${number}: ${word(144)} bis auf Weiteres, bitte ${word(7)} verständigen`;
};

/** Sends messages from number `from` on, `open` of them at a time; the answer is how long it took. */
globalThis.pump = async ({ group, from, count, open }) => {
  const begun = performance.now();
  let at = from;
  const one = async () => {
    while (at < from + count) {
      const draft = { content: { Text: line(at++) }, reply_to: null, files: [], expires_in_ms: null, confirm: null, at: null };
      await ask({ Send: { group, draft } });
    }
  };
  await Promise.all(Array.from({ length: open }, one));
  return performance.now() - begun;
};

/** One message after the other, so many in a second. */
globalThis.trickle = async ({ group, from, count, perSecond }) => {
  const begun = performance.now();
  for (let at = 0; at < count; at += 1) {
    const due = begun + (at * 1000) / perSecond;
    await new Promise((go) => setTimeout(go, Math.max(0, due - performance.now())));
    await pump({ group, from: from + at, count: 1, open: 1 });
  }
};
globalThis.ready = true;
