// What the page does by itself: marks lead to their cards, light and dark, and the answer is read aloud once.
// Listeners sit on the document, as Gradio replaces what is inside it at every answer.
(() => {
  "use strict";
  const THEME = "dateline-theme";
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function open(card) {
    for (let up = card.parentElement; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
    }
    const panel = card.closest(".dl-panel");
    for (const other of document.querySelectorAll("#dl-evidence section.dl-panel")) {
      other.classList.toggle("dl-hidden", other !== panel);
    }
    for (const other of document.querySelectorAll(".dl-card.dl-current")) other.classList.remove("dl-current");
    card.classList.add("dl-current");
    // the card's head, unless the cited words stand so far below it that they would be out of sight
    const words = card.querySelector("mark");
    const far = words && words.getBoundingClientRect().bottom - card.getBoundingClientRect().top > 360;
    (far ? words : card).scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: far ? "center" : "start" });
    card.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest(".dl-theme")) {
      remember(document.body.classList.contains("dark") ? "light" : "dark");
      return;
    }
    if (target.closest(".dl-back")) {
      event.preventDefault();
      back();
      return;
    }
    const mark = target.closest("a.dl-mark");
    if (!mark) return;
    event.preventDefault();
    const card = document.getElementById((mark.getAttribute("href") || "").slice(1));
    if (!card) return;
    for (const other of document.querySelectorAll("a.dl-mark.dl-current")) other.classList.remove("dl-current");
    mark.classList.add("dl-current");
    open(card);
  });

  // From a card, Escape or its link goes back to the mark that led to it.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.activeElement?.closest(".dl-card")) return;
    back();
  });

  function back() {
    const mark = document.querySelector("a.dl-mark.dl-current") || document.querySelector("a.dl-mark");
    mark?.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    mark?.focus({ preventScroll: true });
  }

  function chosen() {
    try {
      return localStorage.getItem(THEME);
    } catch {
      return null;
    }
  }

  function remember(theme) {
    try {
      localStorage.setItem(THEME, theme);
    } catch {
      // a browser that keeps nothing still switches for this page
    }
    wear(theme);
  }

  function wear(theme) {
    if (theme !== "dark" && theme !== "light") return;
    document.body.classList.toggle("dark", theme === "dark");
    document.documentElement.style.colorScheme = theme;
  }

  // Gradio puts its own choice, the system's, on the body when it starts and when the system changes.
  function keepTheme() {
    wear(chosen());
    new MutationObserver(() => {
      const theme = chosen();
      if (theme && document.body.classList.contains("dark") !== (theme === "dark")) wear(theme);
    }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  }

  // A streaming answer would be read again at every word: the log is silent, and the verified answer is said once.
  function announce() {
    const live = document.createElement("div");
    live.className = "dl-sr";
    live.id = "dl-live";
    live.setAttribute("role", "status");
    live.setAttribute("aria-live", "polite");
    document.body.append(live);
    let said = null;
    new MutationObserver(() => {
      const log = document.querySelector("#dl-chat [role=log]");
      if (log && log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
      const all = document.querySelectorAll("#dl-chat .dl-final");
      const last = all.length ? all[all.length - 1] : null;
      const text = last ? last.innerText.trim() : "";
      const key = `${all.length}:${text}`;
      if (key === said) return;
      said = key;
      if (text) live.textContent = text;
    }).observe(document.body, { childList: true, subtree: true });
  }

  function start() {
    keepTheme();
    announce();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
