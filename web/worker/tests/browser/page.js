// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// A page as plain as can be: `ask(…)` asks the worker and gives its answer; `news` is what it told.
import start from "./probe.js";

await start({ module_or_path: new URL("./probe_bg.wasm", import.meta.url) });
const worker = new Worker("/worker.js", { type: "module" });
const waiting = new Map();
let next = 1;
globalThis.news = [];
globalThis.times = [];

worker.onmessage = (event) => {
  const reply = JSON.parse(port.reply(event.data));
  if (reply.News) {
    news.push(reply.News);
    return;
  }
  const { id, result } = reply.Answer;
  const { resolve, reject, since, ask } = waiting.get(id);
  waiting.delete(id);
  times.push([typeof ask === "string" ? ask : Object.keys(ask)[0], performance.now() - since]);
  if ("Ok" in result) resolve(result.Ok);
  else reject(new Error(JSON.stringify(result.Err)));
};

globalThis.ask = (ask) =>
  new Promise((resolve, reject) => {
    const id = next++;
    const bytes = port.question(JSON.stringify({ id, ask }));
    if (typeof bytes === "string") return reject(new Error(bytes));
    waiting.set(id, { resolve, reject, since: performance.now(), ask });
    worker.postMessage(bytes);
  });
globalThis.ready = true;
