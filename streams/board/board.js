// The board's script: it counts down, brings what is shown up to date, and acts without leaving the page.
// Without it everything can still be read and done.
"use strict";

const page = document.body.dataset;
const rows = page.every === "0";
const by = (id) => document.getElementById(id);
let version = page.version;
let clock = { at: Number(page.now), seen: performance.now(), rate: 1 };
let first = null;
let lost = 0;
let lastWord = "";

// What is said here comes with the page, in the language that it is in.
const language = document.documentElement.lang;
const texts = JSON.parse(page.words);
const forms = new Intl.PluralRules(language);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const word = (name, values = {}) => filled(texts[name], values);
const written = (count) => count.toLocaleString(language);
const counted = (name, count) => filled(texts[name][forms.select(count)] || texts[name].other, { count: written(count) });

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
  const units = [["day", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  let left = Math.floor(Math.max(0, ms) / 1000);
  for (let i = 0; i < units.length; i += 1) {
    const [unit, size] = units[i];
    const count = Math.floor(left / size);
    left %= size;
    if (count) {
      const next = units[i + 1];
      const rest = next ? Math.floor(left / next[1]) : 0;
      return (unit === "day" ? counted("days", count) : `${count} ${unit}`) + (rest ? ` ${rest} ${next[0]}` : "");
    }
  }
  return "0 s";
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

const time = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: page.zone });

function tick() {
  const at = now();
  write(document.querySelector("#clock time"), time(at));
  for (const element of document.querySelectorAll("[data-due]")) {
    const left = Number(element.dataset.due) - at;
    const late = element.classList.contains("overdue") && left <= -1000;
    const words = late ? word("late", { span: spoken(-left) }) : left >= 1000 ? word("left", { span: spoken(left) }) : word("up");
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

// --- what needs a hand, in the title and aloud ----------------------------------------------------------------------

let urgent = Number(page.urgent);
let audio = null;

const remembered = (name) => { try { return localStorage.getItem(`kept-${name}`); } catch { return null; } };
function remember(name, value) {
  try { if (value) localStorage.setItem(`kept-${name}`, value); else localStorage.removeItem(`kept-${name}`); } catch { /* then for this page only */ }
}

function ring() {
  if (!remembered("rings")) return;
  if (navigator.vibrate) navigator.vibrate([200, 100, 200]);
  if (!audio || audio.state !== "running") { waken(); return; }
  for (const [pitch, after] of [[660, 0], [880, 0.25]]) {
    const tone = audio.createOscillator(), loud = audio.createGain(), at = audio.currentTime + after;
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.3, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
    tone.connect(loud).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.25);
  }
}

// Browsers let a page sound only after somebody has touched it: until then the switch says so.
function waken() {
  const bell = by("bell");
  if (!bell) return;
  const on = Boolean(remembered("rings"));
  if (on && !audio && window.AudioContext) audio = new AudioContext();
  if (on && audio && audio.state !== "running") audio.resume().then(waken).catch(() => {});
  bell.setAttribute("aria-pressed", String(on));
  write(bell, word(!on ? "ring" : audio && audio.state !== "running" ? "touch" : "rings"));
}

function hasUrgent(count) {
  if (count > urgent) ring();
  urgent = count;
  const title = (count ? `(${written(count)}) ` : "") + page.title;
  if (document.title !== title) document.title = title;
}

const bell = by("bell");
if (bell) {
  bell.hidden = false;
  bell.addEventListener("click", () => { remember("rings", remembered("rings") ? "" : "1"); waken(); ring(); });
  document.addEventListener("pointerdown", () => { if (audio && audio.state !== "running") waken(); });
  waken();
}

// --- rows that change one by one ------------------------------------------------------------------------------------

const named = (element) => element && (element.getAttribute("aria-label") || element.textContent);

function put(id, html, list) {
  const old = by(id), row = fragment(html);
  const held = old && old.contains(document.activeElement) ? document.activeElement : null;
  if (old) {
    const opened = [...old.querySelectorAll("details")].map((each) => each.open);
    [...row.querySelectorAll("details")].forEach((each, i) => { if (opened[i]) each.open = true; });
    old.replaceWith(row);
  } else {
    row.classList.add("fresh");
    list.append(row);
  }
  for (const { of } of holding) marked(of, true);
  if (held) {
    const same = [...row.querySelectorAll(held.tagName)];
    (same.find((each) => named(each) === named(held)) || same[0] || row.querySelector("summary, a")).focus({ preventScroll: true });
  }
  const kind = ["overdue", "warned"].find((each) => list.id === `list-${each}`);
  return kind && !(old && old.classList.contains(kind)) ? row : null;
}

function drop(row) {
  if (row.contains(document.activeElement)) {
    const next = row.nextElementSibling || row.previousElementSibling;
    ((next && next.querySelector("button, summary, a")) || by("content")).focus({ preventScroll: true });
  }
  row.remove();
}

// Rows are put in order with the one that somebody is at left where it is, so that it keeps the focus.
function arrange(list, ids) {
  for (const row of [...list.children]) if (!ids.includes(row.id)) drop(row);
  let place = list.firstElementChild;
  for (const id of ids) {
    const row = by(id);
    if (!row) continue;
    if (row === place) { place = place.nextElementSibling; continue; }
    const held = row.contains(document.activeElement) ? document.activeElement : null;
    list.insertBefore(row, place);
    if (held) held.focus({ preventScroll: true });
  }
}

function show(news) {
  const came = [];
  for (const [list, ids] of Object.entries(news.order)) {
    for (const id of ids) if (id in news.rows) came.push(put(id, news.rows[id], by(list)));
  }
  for (const [list, ids] of Object.entries(news.order)) arrange(by(list), ids);
  for (const [id, html] of Object.entries(news.pages)) if (by(id).innerHTML !== html) by(id).innerHTML = html;
  for (const [id, hidden] of Object.entries(news.hidden)) by(id).hidden = hidden;
  const pressing = came.filter(Boolean);
  if (pressing.length && !news.whole) {
    const text = (kind) => (pressing[0].querySelector(kind) || { textContent: "" }).textContent;
    const where = text(".where .subject") || text(".where");
    say(pressing.length === 1 ? `${text(".what")} ${where}` : counted("need_hand", pressing.length));
    if (news.urgent <= urgent) ring();
  }
  version = news.version;
  tick();
}

const say = (words) => write(by("said"), words);

// --- acting without leaving the page --------------------------------------------------------------------------------

const HELD = 5000; // how long an act can be undone before it is sent, in ms
let holding = [];

// A button without a formaction of its own says the page's address as one.
const pathOf = (form, button) => new URL(button.hasAttribute("formaction") ? button.formAction : form.action).pathname;
const blockOf = (element) => element && element.closest(".lines > li, .rows > li, section, form");

function marked(id, busy) {
  const block = id && by(id);
  if (!block) return;
  block.classList.toggle("sending", busy);
  for (const button of block.querySelectorAll("button")) if (button.form && button.form.id === "take") button.disabled = busy;
}

function noted(act, words, kind) {
  act.box.className = `note-box ${kind}`;
  write(act.box.querySelector("span"), words);
}

function acted(form, button) {
  const fields = new FormData(form, button);
  const box = fragment("<p class='note-box'><span></span> <button type='button' class='plain'></button></p>");
  const block = blockOf(button);
  const words = named(button).replace(/\s+/g, " ").trim(), label = `${button.textContent.trim()}: `;
  const act = { form, box, path: pathOf(form, button), fields, of: block && block.id, words,
    what: words.startsWith(label) ? words.slice(label.length) : document.querySelector("h1").textContent };
  const undo = box.querySelector("button");
  undo.textContent = word("undo");
  undo.addEventListener("click", () => undone(act, block));
  noted(act, `${act.words}.`, "");
  by("notes").append(box);
  marked(act.of, true);
  holding.push(act);
  undo.focus({ preventScroll: true });
  say(word("can_undo", { act: act.words, seconds: HELD / 1000 }));
  act.timer = setTimeout(() => sent(act), HELD);
}

function finished(act) {
  clearTimeout(act.timer);
  holding = holding.filter((each) => each !== act);
  marked(act.of, false);
}

function release(act) {
  if (!act.box.contains(document.activeElement)) return;
  const block = act.of && by(act.of);
  ((block && block.querySelector("button:not(:disabled), summary, a")) || by("content")).focus({ preventScroll: true });
}

function leave(act) {
  release(act);
  act.box.remove();
}

function undone(act) {
  finished(act);
  say(word("undone", { act: act.words }));
  const block = act.of && by(act.of);
  const back = block && [...block.querySelectorAll("button")].find((each) => named(each).replace(/\s+/g, " ").trim() === act.words);
  if (back) back.focus({ preventScroll: true });
  leave(act);
}

async function sent(act) {
  clearTimeout(act.timer);
  release(act);
  act.box.querySelector("button").disabled = true;
  const answer = await fetch(act.path, {
    method: "POST", body: new URLSearchParams(act.fields), headers: { Accept: "application/json" }, keepalive: true,
  }).catch(() => null);
  const button = act.box.querySelector("button");
  if (answer && answer.ok) {
    finished(act);
    button.hidden = true;
    const { said, at, look } = answer.status === 200 ? await answer.json().catch(() => ({})) : {};
    const partly = said ? ` ${said}` : "";
    const well = word("noted", { act: act.words }) + partly;
    noted(act, well, "well");
    say(well);
    if (at) {
      const link = fragment("<a></a>");
      link.href = at;
      link.textContent = look;
      button.before(link);
    }
    if (act.form.id !== "take") {
      const folded = act.form.closest("details");
      act.form.reset();
      if (folded) folded.open = false; // what is open is being written in, and keeps the page as it is
      changed();
    }
    setTimeout(() => leave(act), partly ? 12000 : 3000);
    return;
  }
  const problem = answer && (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
  const told = problem.detail, asks = problem.sure;
  const gone = answer && (answer.status === 401 || answer.redirected);
  const why = gone ? word("signed_out") : told || word("not_reached");
  const takes = act.path === "/acts/acknowledge";
  const failed = asks ? told : takes ? word("not_taken", { what: act.what, why }) : word("failed", { act: act.words, why });
  noted(act, failed, "failed");
  say(failed);
  finished(act);
  const again = fragment("<button type='button' class='plain'></button>");
  again.textContent = word(answer ? "close" : "again");
  again.addEventListener("click", () => { if (answer) leave(act); else { again.remove(); button.hidden = false; sent(act); } });
  button.hidden = true;
  act.box.append(again);
  if (!asks) return;
  const sure = fragment("<button type='button' class='plain'></button>");
  sure.textContent = word("sure");
  sure.addEventListener("click", () => { sure.remove(); again.remove(); act.fields.set("sure", asks); sent(act); });
  again.before(sure, " ");
}

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.id === "narrow") { narrowed(form); return; }
  if (!button || !pathOf(form, button).startsWith("/acts/")) return;
  event.preventDefault();
  acted(form, button);
  const asked = form.querySelector("input[name=name][required]");
  if (asked && asked.value) callMe(form, asked.value);
});

// Whoever has said their name is not asked for it again: the server remembers it once the first act was sent.
function callMe(form, name) {
  for (const each of document.querySelectorAll("input[name=name]")) { each.value = name; each.defaultValue = name; }
}

// Whoever leaves the page has not undone it: what waits is sent before.
addEventListener("pagehide", () => { for (const act of [...holding]) { finished(act); sent(act); } });

// --- what somebody looks at, remembered by the device ---------------------------------------------------------------

// What is left empty narrows nothing, and does not stand in the address.
document.addEventListener("formdata", (event) => {
  if (event.target.id !== "narrow") return;
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
});

function narrowed(form) {
  const kept = new URLSearchParams(new FormData(form));
  for (const name of ["proof", "q", "part", "page"]) kept.delete(name);
  remember("view", kept.toString());
}

if (rows && location.pathname === "/") {
  if (location.search === "?all") {
    remember("view", "");
    history.replaceState(null, "", "/");
  } else if (!location.search && remembered("view")) {
    location.replace(`/?${remembered("view")}`);
  }
}

// --- pages that are drawn anew as a whole ---------------------------------------------------------------------------

let asked = 0;
let pending = 0;

function busy() {
  const main = by("content");
  if (main.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
  for (const control of main.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (control.value !== control.defaultValue) return true;
  }
  return holding.length > 0 || main.querySelector("details[open]") !== null;
}

async function again() {
  pending = 0;
  asked = performance.now();
  if (busy()) { pending = setTimeout(again, 2000); return; }
  const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || busy()) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = by("content");
  const fresh = next.getElementById("content");
  if (!fresh || fresh.innerHTML === main.innerHTML) return;
  const held = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  main.replaceChildren(...fresh.childNodes);
  if (held) for (const link of main.querySelectorAll("a")) if (link.getAttribute("href") === held) { link.focus({ preventScroll: true }); break; }
  tick();
}

function changed() {
  if (pending || rows) return;
  const wait = Number(page.every) * 1000 - (performance.now() - asked);
  pending = setTimeout(again, Math.max(0, asked ? wait : 0));
}

// --- the connection -------------------------------------------------------------------------------------------------

function link(text, broken) {
  write(by("link"), text);
  if (by("drawn")) by("drawn").hidden = true; // what is live, or was, says that itself
  if (by("link")) by("link").classList.toggle("lost", broken);
  const curtain = by("curtain");
  if (broken === !curtain.hidden && (!broken || curtain.firstChild)) return;
  curtain.hidden = !broken;
  const said = lastWord ? word("lost_since", { time: lastWord }) : word("lost");
  write(curtain, broken ? said : "");
}

let seenChanges = Number(page.changes);

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const view = location.search.replace("?", "&");
  const socket = new WebSocket(`${scheme}//${location.host}/live?language=${language}&version=${encodeURIComponent(version)}${rows ? `&rows${view}` : ""}`);
  let quiet = 0;
  const listen = () => { clearTimeout(quiet); quiet = setTimeout(() => socket.close(), 10000); };
  socket.onopen = () => { if (lost && !rows) changed(); lost = 0; first = null; link(word("live"), false); listen(); };
  socket.onmessage = (message) => {
    listen();
    const news = JSON.parse(message.data);
    if (news.over) { location.reload(); return; } // the search: the server says so, and leads on
    hear(news.now);
    lastWord = time(news.now);
    for (const [id, text] of Object.entries(news.words || {})) write(by(id), text);
    if (news.rows) show(news);
    if (news.urgent !== undefined) hasUrgent(news.urgent);
    if (news.changed !== undefined) {
      if (news.changed !== seenChanges) changed();
      seenChanges = news.changed;
    }
  };
  socket.onclose = () => {
    clearTimeout(quiet);
    lost += 1;
    link(word("no_connection"), true);
    setTimeout(connect, Math.min(5000, 250 * 2 ** Math.min(lost, 5)));
  };
}

tick();
setInterval(tick, 250);
if (document.querySelector("main.bare")) setInterval(changed, 60000); // nothing comes of it that a feed falls silent
if (page.live !== undefined) connect();
