// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Starts the app with its texts, and the service worker beside it.
import start from "{script}";

const TEXTS = { de: "{texts_de}", en: "{texts_en}" };
const root = document.getElementById("app");

/** What the person chose, or what the browser says. */
const spoken = () => {
  try {
    return localStorage.getItem("melder.language") ?? navigator.language;
  } catch {
    // A browser that keeps nothing has the language of its own.
    return navigator.language;
  }
};
const language = spoken().toLowerCase().startsWith("de") ? "de" : "en";

/** The program and its texts at the same time; the program starts when both are there. */
const begin = async () => {
  const program = fetch("{program}");
  const texts = await fetch(TEXTS[language]);
  if (!texts.ok) throw new Error(`texts: ${texts.status}`);
  globalThis.melderLanguage = language;
  globalThis.melderTexts = await texts.text();
  await start({ module_or_path: program });
};
const started = begin();
started.catch((error) => {
  console.error(error);
  const words = document.createElement("p");
  words.setAttribute("role", "alert");
  words.className = "empty";
  words.textContent = root.getAttribute(`data-failed-${language}`);
  root.replaceChildren(words);
});

const workers = navigator.serviceWorker;
if (workers) {
  // Told to whoever listens: a new version waits, or a push came.
  const alarmed = () => dispatchEvent(new CustomEvent("melder-push", { detail: { reason: "alarm" } }));
  workers.addEventListener("message", (event) => {
    if (event.data?.type === "melder-alarm") alarmed();
    else if (event.data?.type) dispatchEvent(new CustomEvent(`melder-${event.data.type}`, { detail: event.data }));
  });
  // What was opened from a notification while the app ran.
  addEventListener("melder-open", (event) => {
    if (typeof event.detail.path === "string" && event.detail.path !== location.pathname) {
      history.pushState(null, "", event.detail.path);
      dispatchEvent(new PopStateEvent("popstate"));
    }
  });
  const settle = async () => {
    const registration = await workers.register("/sw.js", { type: "classic", updateViaCache: "none" });
    const { active } = await workers.ready;
    active?.postMessage({ type: "language", language: spoken() });
    // Asked for by the app's word "now": the version that waits takes over, and the page loads anew.
    addEventListener("melder-update-now", () => {
      if (!registration.waiting) return;
      workers.addEventListener("controllerchange", () => location.reload(), { once: true });
      registration.waiting.postMessage({ type: "activate" });
    });
    if (registration.waiting) dispatchEvent(new CustomEvent("melder-update"));
    // An alarm may have come while no page was there: its notification still stands, until all are confirmed.
    const shown = async () => (await registration.getNotifications?.({ tag: "alarm" })) ?? [];
    addEventListener("melder-no-alarm", async () => {
      for (const notification of await shown()) notification.close();
    });
    if ((await shown()).length) started.then(alarmed, () => {});
  };
  // Without it the app works all the same, but not offline: no word to the person, who may have forbidden it.
  const soon = () => settle().catch((error) => console.warn(`no service worker: ${error.message}`));
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
}
