// What the page does by itself: marks lead to their cards, buttons below answers reach the server, text is copied and
// saved, the address follows the conversation, light and dark, and the answer is read aloud once.
// Listeners sit on the document, as Gradio replaces what is inside it at every answer.
(() => {
  "use strict";
  const meta = (name) => document.querySelector(`meta[name=dateline-${name}]`)?.content;
  const said = (word) => JSON.parse(meta("words") || "{}")[word] || "";
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function open(card, goTo) {
    leave();
    for (let up = card.parentElement; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
    }
    const panel = card.closest(".dl-panel");
    for (const other of document.querySelectorAll("#dl-evidence section.dl-panel")) {
      other.classList.toggle("dl-hidden", other !== panel);
    }
    for (const other of document.querySelectorAll(".dl-card.dl-current")) other.classList.remove("dl-current");
    card.classList.add("dl-current");
    if (!goTo) return;
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
    const other = target.closest("a.dl-archive");
    if (other && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault(); // Gradio gives every link a tab of its own
      location.assign(other.href);
      return;
    }
    if (target.closest(".dl-back")) {
      event.preventDefault();
      back();
      return;
    }
    const save = target.closest("a.dl-save-as");
    if (save) {
      event.preventDefault();
      saveTable(save.closest(".dl-counts"), save.getAttribute("href") === "#dl-save-png");
      return;
    }
    if (target.closest(".dl-drawer")) {
      const drawer = document.getElementById("dl-desk")?.classList.toggle("dl-open");
      if (drawer) document.querySelector("#dl-talks-find textarea, #dl-talks-find input")?.focus();
      return;
    }
    if (target.closest("#dl-go-add")) {
      document.getElementById("dl-articles-tab-button")?.click();
      unfold(40);
      return;
    }
    const act = target.closest("button.dl-act");
    if (act) {
      does(act);
      return;
    }
    if (target.closest("#dl-export-save")) taken(null);
    if (target.closest("#dl-close")) closeSheet();
    else if (target.closest("#dl-new, #dl-talks-list, #dl-delete-yes")) beside(false); // another conversation
    const mark = target.closest("a.dl-mark");
    if (!mark) return;
    event.preventDefault();
    const card = document.getElementById((mark.getAttribute("href") || "").slice(1));
    if (!card) return;
    for (const other of document.querySelectorAll("a.dl-mark.dl-current")) other.classList.remove("dl-current");
    mark.classList.add("dl-current");
    const article = card.querySelector("a.dl-read");
    open(card, !article);
    if (article) read(article.getAttribute("href"), mark);
  });

  // A link to "#dl/NAME/WISH" asks the server: the wish goes into the hidden field of that name, with a number that
  // makes every press a change. What the answer replaces gets its focus back.
  let wishes = 0;
  let wished = null;
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#dl/"]') : null;
    if (!link) return;
    event.preventDefault();
    const href = link.getAttribute("href");
    const [, name, wish] = /^#dl\/([a-z]+)\/(.*)$/.exec(href) || [];
    if (!name) return;
    if (name === "article") {
      read(href, link);
      return;
    }
    wished = { name, href };
    send(name, wish, 40);
  });

  // An article is read on the sheet of the tab that its link is in: beside the chat, or beside the list.
  const SHEETS = { chat: { view: "dl-beside", field: "beside" }, list: { view: "dl-view", field: "article" } };
  const opened = {}; // the address that each sheet was last opened with
  let from = null; // the link that opened the article beside the chat

  function read(href, link) {
    const place = link.closest("#dl-shelf") ? "list" : "chat";
    if (place === "chat" && !link.closest("#dl-beside")) from = link;
    wished = { name: "article", href, place };
    const heading = document.querySelector(`#${SHEETS[place].view} .dl-article h2`);
    if (opened[place] === href && heading) heading.removeAttribute("data-seen");
    opened[place] = href;
    send(SHEETS[place].field, href.slice("#dl/article/".length), 40);
    answered();
  }

  const reads = () => document.getElementById("dl-desk")?.classList.contains("dl-reading") || false;
  const AROUND = "#dl-top, .tab-container[role=tablist], #dl-left, #dl-talks, #dl-evidence";

  // Where there is no room beside the chat the sheet lies over it, and what is below it cannot be reached.
  function beside(on) {
    document.getElementById("dl-desk")?.classList.toggle("dl-reading", on);
    cover();
  }

  function cover() {
    const covered = reads() && narrow.matches;
    document.body.classList.toggle("dl-covered", covered);
    for (const part of document.querySelectorAll(AROUND)) part.inert = covered;
  }
  const narrow = window.matchMedia("(max-width: 860px)");
  narrow.addEventListener("change", cover);

  function closeSheet() {
    if (!reads()) return;
    beside(false);
    const link = from?.isConnected ? from : document.querySelector("a.dl-mark.dl-current");
    reach(link || within("dl-question"), "nearest");
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const now = document.activeElement;
    if (event.key === "Escape") {
      if (now?.closest("#dl-view")) backToRow();
      else if (reads() && !now?.closest("[role=listbox], #dl-shelf")) closeSheet();
      else if (now?.closest(".dl-card")) back();
    } else if (/^Arrow(Left|Right)$/.test(event.key) && now?.matches("a.dl-mark")) {
      // from one citation of the conversation to the next
      const marks = [...document.querySelectorAll("#dl-chat a.dl-mark")];
      const next = marks[marks.indexOf(now) + (event.key === "ArrowRight" ? 1 : -1)];
      if (next) event.preventDefault();
      reach(next, "nearest");
    }
  });

  // The fields of a tab that was never opened come a moment after it is.
  function send(name, wish, tries) {
    const field = document.querySelector(`#dl-wish-${name} textarea, #dl-wish-${name} input`);
    if (!field) {
      if (tries) setTimeout(() => send(name, wish, tries - 1), 50);
      return;
    }
    field.value = `${wish} ${(wishes += 1)}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A quotation leads to where it stands in the text; "Back to the list" and Escape go back to the row.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.dl-to, a.dl-list-back") : null;
    if (!link) return;
    event.preventDefault();
    if (link.classList.contains("dl-list-back")) backToRow();
    else reach(document.getElementById((link.getAttribute("href") || "").slice(1)), "center");
  });

  function backToRow() {
    reach(document.querySelector("#dl-list tr.dl-chosen a") || document.querySelector("#dl-list tbody a"), "center");
  }

  function reach(element, block, take = true) {
    element?.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });
    if (take) element?.focus({ preventScroll: true });
  }

  // Whoever has begun to write meanwhile goes on writing: what arrives does not take the keyboard away.
  const writing = () => !!document.activeElement?.matches("textarea, input:not([type=radio]):not([type=checkbox])");

  // After a removal its button is gone: the keyboard goes on at the undo.
  function undoable() {
    const undo = document.querySelector("#dl-status a.dl-undo:not([data-seen])");
    if (!undo) return;
    undo.dataset.seen = "1";
    const now = document.activeElement;
    if (!now || now === document.body || now.id === "dl-remove") undo.focus({ preventScroll: true });
  }

  // After a wish: the article that was opened is read from its head, or from the cited words, and marked in the list.
  function answered() {
    if (wished?.name === "article") {
      const view = document.getElementById(SHEETS[wished.place].view);
      const heading = view?.querySelector(".dl-article h2");
      if (!heading || heading.dataset.seen) return;
      heading.dataset.seen = "1";
      const article = wished.href.split("/").slice(0, 3).join("/");
      if (wished.place === "chat") beside(true);
      for (const row of wished.place === "list" ? document.querySelectorAll("#dl-list tr.dl-row-of") : []) {
        row.classList.toggle("dl-chosen", row.querySelector("a")?.getAttribute("href") === article);
      }
      const words = view.querySelector(".dl-at");
      const over = narrow.matches || wished.place === "chat";
      wished = null;
      view.scrollTop = 0;
      reach(words || heading, words ? "center" : over ? "start" : "nearest", narrow.matches || !writing());
    } else if (wished?.name === "rows" && document.activeElement === document.body) {
      document.querySelector(`#dl-list a[href="${wished.href}"]`)?.focus({ preventScroll: true });
      wished = null;
    }
  }

  // From a card its link, or Escape, goes back to the mark that led to it.
  function back() {
    const mark = document.querySelector("a.dl-mark.dl-current") || document.querySelector("a.dl-mark");
    mark?.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    mark?.focus({ preventScroll: true });
  }

  // -- a table as a file ---------------------------------------------------------------

  function saveTable(shown, asPicture) {
    const title = shown.querySelector("summary").innerText.trim();
    const rows = [...shown.querySelectorAll("table tr")].map((row) => ({
      cells: [...row.querySelectorAll("th, td:not(.dl-chart)")].map((cell) => told(cell)),
      share: parseFloat(row.querySelector(".dl-column")?.style.width || "NaN") / 100,
    }));
    const name = title.replace(/\s*\([\d,.]+\)$/, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "table";
    if (!asPicture) {
      const lines = rows.map((row) => row.cells.map(csvCell).join(","));
      download(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }), `${name}.csv`);
      return;
    }
    const dots = [...shown.querySelectorAll(".dl-dot")].map((dot) => parseFloat(dot.style.left) / 100);
    const ends = [...shown.querySelectorAll(".dl-days-ends span")].map((end) => end.innerText);
    drawn(title, rows, dots, ends).toBlob((blob) => download(blob, `${name}.png`), "image/png");
  }

  // A cell's words without its marks.
  function told(cell) {
    const copy = cell.cloneNode(true);
    for (const mark of copy.querySelectorAll("a.dl-mark:not(.dl-row)")) mark.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  // As rag/export.py writes it: quoted where it must be; what a spreadsheet would take for a formula begins with '.
  function csvCell(value) {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }

  function download(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // The table as the page has it, in the page's colours: title, line of days, rows with their bars.
  function drawn(title, rows, dots, ends) {
    const style = getComputedStyle(document.body);
    const colour = (name) => style.getPropertyValue(name).trim() || "#000";
    const canvas = document.createElement("canvas");
    const paint = canvas.getContext("2d");
    const [width, pad, line, font] = [900, 24, 20, "14px system-ui, sans-serif"];
    const columns = Math.max(...rows.map((row) => row.cells.length));
    const bars = rows.some((row) => !Number.isNaN(row.share));
    const room = bars ? (width - 2 * pad) / 2 : width - 2 * pad;
    paint.font = font;
    const wide = [...Array(columns).keys()].map((n) =>
      Math.min(room / 3, 16 + Math.max(...rows.map((row) => paint.measureText(row.cells[n] || "").width))));
    wide[columns - 1] = room - wide.slice(0, -1).reduce((sum, one) => sum + one, 0);
    const wrapped = rows.map((row) => row.cells.map((cell, n) => wrap(paint, cell, wide[n] - 12)));
    const heights = wrapped.map((cells) => Math.max(1, ...cells.map((lines) => lines.length)) * line + 6);
    const head = pad + 34 + (dots.length ? 56 : 0);
    const scale = 2;
    canvas.width = width * scale;
    canvas.height = Math.min(16000, head + heights.reduce((sum, one) => sum + one, 0) + pad) * scale;
    paint.scale(scale, scale);
    paint.fillStyle = colour("--dl-paper");
    paint.fillRect(0, 0, width, canvas.height);
    paint.textBaseline = "top";
    paint.fillStyle = colour("--dl-ink");
    paint.font = "600 18px system-ui, sans-serif";
    paint.fillText(title, pad, pad);
    paint.font = font;
    if (dots.length) lineOfDays(paint, dots, ends, pad, width - pad, pad + 44, colour);
    let top = head;
    rows.forEach((row, at) => {
      let left = pad;
      paint.font = at ? font : `600 ${font}`;
      wrapped[at].forEach((lines, n) => {
        paint.fillStyle = colour("--dl-ink");
        lines.forEach((words, k) => paint.fillText(words, left, top + 4 + k * line));
        left += wide[n];
      });
      if (!Number.isNaN(row.share)) {
        paint.fillStyle = colour("--dl-accent");
        paint.fillRect(pad + room, top + 6, ((width - 2 * pad) / 2) * row.share, 12);
      }
      top += heights[at];
      paint.fillStyle = colour("--dl-rule");
      paint.fillRect(pad, top, width - 2 * pad, 1);
    });
    return canvas;
  }

  function lineOfDays(paint, dots, ends, left, right, top, colour) {
    paint.fillStyle = colour("--dl-rule");
    paint.fillRect(left, top, right - left, 2);
    paint.fillStyle = colour("--dl-accent");
    for (const place of dots) {
      paint.beginPath();
      paint.arc(left + 7 + (right - left - 14) * place, top + 1, 6, 0, 2 * Math.PI);
      paint.fill();
    }
    paint.fillStyle = colour("--dl-faint");
    paint.fillText(ends[0] || "", left, top + 14);
    paint.fillText(ends[1] || "", right - paint.measureText(ends[1] || "").width, top + 14);
  }

  function wrap(paint, text, width) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (paint.measureText(longer).width <= width || !lines.at(-1)) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  // Buttons below answers stand in what Gradio shows as text: their clicks go to the server through hidden fields.
  let clicks = 0;

  function does(button) {
    const act = button.id.replace(/^dl-/, "");
    const asks = /^(retry|next|less)-/.test(act);
    if (act.startsWith("copy-")) taken(button);
    const field = within(asks ? "dl-again" : "dl-acted");
    if (!field) return;
    field.value = `${act} ${++clicks}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (/^(edit|refine)-/.test(act)) within("dl-question")?.focus();
    if (/^(up|down)-/.test(act)) setTimeout(() => document.getElementById("dl-why")?.scrollIntoView({ block: "nearest" }), 500);
  }

  // From "No articles yet" to the form that adds some.
  function unfold(tries) {
    const form = document.querySelector("#dl-add > button");
    if (!form && tries) setTimeout(() => unfold(tries - 1), 50);
    if (!form) return;
    if (!form.classList.contains("open")) form.click();
    form.focus();
  }

  const within = (id) => document.querySelector(`#${id} textarea, #${id} input`);

  // What the server hands over after this click is put on the clipboard or saved as a file; none of it is kept there.
  function taken(button) {
    const field = within("dl-hand");
    if (!field) return;
    const before = field.value;
    const until = Date.now() + 15000;
    const look = () => {
      if (field.value !== before) hand(JSON.parse(field.value), button);
      else if (Date.now() < until) setTimeout(look, 40);
    };
    look();
  }

  async function hand(given, button) {
    if (given.do === "save") download(new Blob([given.text], { type: given.type }), given.name);
    if (given.do !== "copy") return;
    const done = await copied(given.text);
    say(done ? said("copied") : said("notCopied"));
    if (!button?.isConnected) return;
    button.classList.toggle("dl-done", done);
    setTimeout(() => button.classList.remove("dl-done"), 2000);
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // a page that came without HTTPS has no clipboard of its own
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "dl-sr";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  function say(text) {
    const live = document.getElementById("dl-live");
    if (live) live.textContent = text;
  }

  // The address names the conversation that is open, so that it can be kept, and opened again by whose it is.
  function follow() {
    const here = document.querySelector("#dl-here .dl-permalink, #dl-here .dl-untitled");
    if (!here) return;
    const address = new URL(location.href);
    const id = here.matches("a") ? new URL(here.getAttribute("href"), location.href).searchParams.get("conversation") : null;
    if (address.searchParams.get("conversation") === id) return;
    if (id) address.searchParams.set("conversation", id);
    else address.searchParams.delete("conversation");
    history.replaceState(history.state, "", address);
  }

  // A question that was asked goes up as its answer grows, and stays at the top from then on: what is read does not
  // move. Who scrolls meanwhile is left alone.
  let shown = 0;
  let waited = false;
  let following = false;
  const leave = () => {
    following = false;
  };
  document.addEventListener("wheel", leave, { passive: true });
  document.addEventListener("touchmove", leave, { passive: true });

  function show() {
    const questions = document.querySelectorAll("#dl-chat .dl-question");
    const waits = document.querySelector("#dl-chat .dl-waiting") !== null;
    if ((waits && !waited) || (shown === 0 && questions.length > 0)) following = true;
    if (!waits && following) setTimeout(leave, 1000); // what comes below the answer makes the chat lower
    shown = questions.length;
    waited = waits;
    if (following && shown > 0) questions[shown - 1].scrollIntoView({ block: "start" });
  }

  function keep(name, value) {
    document.cookie = `dateline-${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  }

  const kept = (name) => document.cookie.match(new RegExp(`(?:^|; )dateline-${name}=([^;]*)`))?.[1];
  const system = () => (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

  function chosen() {
    const theme = kept("theme");
    return theme === "dark" || theme === "light" ? theme : null;
  }

  function remember(theme) {
    keep("theme", theme);
    wear(theme);
  }

  function wear(theme) {
    const shown = theme === "dark" || theme === "light" ? theme : system();
    document.body.classList.toggle("dark", shown === "dark");
    document.documentElement.style.colorScheme = shown;
    document.documentElement.dataset.theme = theme || "system";
  }

  // What is chosen in the settings is kept in a cookie each, which the server reads with the next question or page.
  document.addEventListener("change", (event) => {
    const choice = event.target instanceof Element ? event.target.closest("#dl-choices input[type=radio]") : null;
    const name = choice?.closest("[id^=dl-choose-]")?.id.replace("dl-choose-", "");
    if (!name) return;
    keep(name, choice.value);
    if (name === "theme") wear(choice.value);
    if (name === "language" && choice.value !== meta("language")) location.reload();
  });

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
      follow();
      show();
      named();
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

  // Roles and names that Gradio gives wrongly: examples are a list of buttons, and what a button says is its name.
  function named() {
    document.querySelector("#dl-chat .examples[role=list]")?.setAttribute("role", "group");
    document.querySelector("#dl-files button[aria-label][aria-dropeffect]")?.removeAttribute("aria-label");
  }

  function start() {
    keepTheme();
    announce();
    document.documentElement.lang = meta("language") || "en";
    new MutationObserver(() => (answered(), undoable())).observe(document.body, { childList: true, subtree: true });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
