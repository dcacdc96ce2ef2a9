// The board's script: it counts down, and brings what is shown up to date. Without it everything can still be read.
"use strict";

const page = document.body.dataset;
const rows = page.every === "0";
let version = page.version;
let clock = { at: Number(page.now), seen: performance.now(), rate: 1 };
let first = null;
let lost = 0;
let lastWord = "";

const now = () => clock.at + (performance.now() - clock.seen) * clock.rate;

// A demo's clock runs faster than ours: two words from the server tell how fast.
function hear(at) {
  const seen = performance.now();
  if (first === null) first = { at, seen };
  const apart = seen - first.seen;
  let rate = apart > 1500 ? (at - first.at) / apart : clock.rate;
  if (Math.abs(rate - 1) < 0.05) rate = 1;
  clock = { at, seen, rate };
}

function spoken(ms) {
  const units = [["day", "days", 86400], ["h", "h", 3600], ["min", "min", 60], ["s", "s", 1]];
  let left = Math.floor(Math.max(0, ms) / 1000);
  for (let i = 0; i < units.length; i += 1) {
    const [one, many, size] = units[i];
    const count = Math.floor(left / size);
    left %= size;
    if (count) {
      const next = units[i + 1];
      const rest = next ? Math.floor(left / next[2]) : 0;
      return `${count} ${count === 1 ? one : many}` + (rest ? ` ${rest} ${next[0]}` : "");
    }
  }
  return "0 s";
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function tick() {
  const at = now();
  for (const element of document.querySelectorAll("[data-due]")) {
    const left = Number(element.dataset.due) - at;
    const late = element.classList.contains("overdue") && left <= -1000;
    const words = late ? `${spoken(-left)} late` : left >= 1000 ? `${spoken(left)} left` : "time is up";
    write(element.querySelector(".count") || (element.matches(".count") ? element : null), words);
    const bar = element.querySelector("progress");
    if (bar) {
      const whole = Number(element.dataset.due) - Number(element.dataset.opened);
      const value = Math.max(0, Math.min(1000, Math.floor((left * 1000) / Math.max(1, whole))));
      if (bar.value !== value) bar.value = value;
    }
  }
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // every text in it was escaped where it was made
  return template.content.firstElementChild;
}

function place(list, row) {
  const order = Number(row.dataset.order);
  let before = null;
  for (const other of list.children) {
    const theirs = Number(other.dataset.order);
    if (theirs > order || (theirs === order && other.id > row.id)) { before = other; break; }
  }
  list.insertBefore(row, before);
}

function put(change) {
  const old = document.getElementById(change.id);
  const row = fragment(change.html);
  const list = document.getElementById(change.list);
  const held = old && old.contains(document.activeElement) ? document.activeElement.tagName : "";
  if (old && old.parentElement === list && old.dataset.order === row.dataset.order) {
    old.replaceWith(row);
  } else {
    if (old) old.remove();
    else row.classList.add("fresh");
    place(list, row);
  }
  if (held) (row.querySelector(held) || row.querySelector("a")).focus();
  const urgent = ["list-overdue", "list-warned"].includes(change.list);
  return urgent && !(old && old.classList.contains(change.list.slice(5))) ? row : null;
}

function show(news) {
  if (news.whole) {
    const kept = new Set(news.rows.map((row) => row.id));
    for (const row of document.querySelectorAll(".rows > li")) if (!kept.has(row.id)) row.remove();
  }
  for (const id of news.gone || []) {
    const row = document.getElementById(id);
    if (row && row.contains(document.activeElement)) document.getElementById("content").focus({ preventScroll: true });
    if (row) row.remove();
  }
  const urgent = news.rows.map(put).filter(Boolean);
  for (const [id, hidden] of Object.entries(news.hidden)) document.getElementById(id).hidden = hidden;
  if (urgent.length && !news.whole) {
    const what = urgent[0].querySelector(".what").textContent;
    const where = urgent[0].querySelector(".subject").textContent;
    write(document.getElementById("said"), urgent.length === 1 ? `${what} ${where}` : `${urgent.length} promises need a hand`);
  }
  version = news.version;
  tick();
}

// --- pages that are drawn anew as a whole ---------------------------------------------------------------------------

let asked = 0;
let pending = 0;

function busy() {
  const main = document.getElementById("content");
  if (main.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
  for (const control of main.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (control.value !== control.defaultValue) return true;
  }
  return main.querySelector("details[open]") !== null;
}

async function again() {
  pending = 0;
  asked = performance.now();
  if (busy()) { pending = setTimeout(again, 2000); return; }
  const answer = await fetch(location.pathname, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || busy()) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.getElementById("content");
  const fresh = next.getElementById("content");
  if (!fresh || fresh.innerHTML === main.innerHTML) return;
  const held = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  main.replaceChildren(...fresh.childNodes);
  if (held) for (const link of main.querySelectorAll("a")) if (link.getAttribute("href") === held) { link.focus({ preventScroll: true }); break; }
  tick();
}

function changed() {
  if (pending) return;
  const wait = Number(page.every) * 1000 - (performance.now() - asked);
  pending = setTimeout(again, Math.max(0, asked ? wait : 0));
}

// --- the connection -------------------------------------------------------------------------------------------------

function link(text, broken) {
  const element = document.getElementById("link");
  if (!element) return;
  write(element, text);
  element.classList.toggle("lost", broken);
}

let seenChanges = Number(page.changes);

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/live?version=${encodeURIComponent(version)}${rows ? "&rows" : ""}`);
  let quiet = 0;
  const listen = () => { clearTimeout(quiet); quiet = setTimeout(() => socket.close(), 10000); };
  socket.onopen = () => { if (lost && !rows) changed(); lost = 0; first = null; link("live", false); listen(); };
  socket.onmessage = (message) => {
    listen();
    const news = JSON.parse(message.data);
    hear(news.now);
    lastWord = new Date(news.now).toLocaleTimeString();
    for (const [id, text] of Object.entries(news.words || {})) write(document.getElementById(id), text);
    if (news.rows) show(news);
    if (news.changed !== undefined) {
      if (news.changed !== seenChanges) changed();
      seenChanges = news.changed;
    }
  };
  socket.onclose = () => {
    clearTimeout(quiet);
    lost += 1;
    link(lastWord ? `no connection since ${lastWord}; trying again` : "no connection; trying again", true);
    setTimeout(connect, Math.min(5000, 250 * 2 ** Math.min(lost, 5)));
  };
}

tick();
setInterval(tick, 250);
if (document.getElementById("link")) connect();
