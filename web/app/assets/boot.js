// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Runs before anything is drawn: the theme, and what may become markup or a script's address.
"use strict";

(() => {
  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  // The theme: the person's choice, or the system's as it changes.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const chosen = remembered("melder.theme");
    const theme = chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
    document.documentElement.setAttribute("data-kern-theme", theme);
  };
  show();
  dark.addEventListener("change", show);
  addEventListener("storage", (event) => event.key === "melder.theme" && show());
  addEventListener("melder-theme", show);

  // The organisation's look: as it was the last time, then as it is. Without an only organisation on this server there is none.
  const ACCENTS = ["blue", "cyan", "green", "violet", "slate"];
  const wear = (accent) => {
    if (ACCENTS.includes(accent)) document.documentElement.setAttribute("data-accent", accent);
  };
  const look = async () => {
    try {
      const answer = await fetch("/v1/brand", { credentials: "omit" });
      const found = answer.status === 200 ? await answer.json() : { accent: "blue" };
      globalThis.melderLook = found;
      wear(found.accent);
      localStorage.setItem("melder.accent", found.accent);
      dispatchEvent(new Event("melder-looked"));
    } catch {
      // Without the server it stays as it was.
    }
  };
  wear(remembered("melder.accent"));
  if (navigator.onLine) look();
  addEventListener("melder-look", look);

  // The app builds its static parts from templates of its own source. They never hold any of this; whatever does
  // did not come from there.
  const FOREIGN =
    /<\s*\/?\s*(?:script|iframe|frame|object|embed|base|link|meta|style|template|foreignobject|animate|set|math)\b|[\s"'\/]on[a-z]+\s*=|[\s"'\/](?:style|srcdoc|formaction)\s*=|(?:javascript|vbscript|data)\s*:/i;
  const OURS = /^\/(?:assets\/[\w.-]+\.js|sw\.js)$/;
  if (window.trustedTypes) {
    trustedTypes.createPolicy("default", {
      createHTML(markup) {
        if (FOREIGN.test(markup)) throw new TypeError("markup that is not the app's");
        return markup;
      },
      createScriptURL(address) {
        const url = new URL(address, location.origin);
        if (url.origin !== location.origin || url.search || !OURS.test(url.pathname)) {
          throw new TypeError("a script that is not the app's");
        }
        return url.href;
      },
      // No `createScript`: text never becomes a program.
    });
  }
})();
