// "Ring this phone": what the policy would tell somebody comes to this device also while no page is open.
// Goes on from board.js, whose functions it uses. Without it the board sounds and counts as before, while it is open.
"use strict";

const phone = by("phone");
const OTHERWISE = word("otherwise");

function noteOnPhone(words) {
  const there = by("phone-note") || fragment("<p id='phone-note' class='note-box' role='status'></p>");
  write(there, words);
  if (!words) there.remove();
  else if (!there.isConnected) document.querySelector("header.top").after(there);
}

function phoneRings(on) {
  remember("phone", on ? "1" : "");
  const words = word(on ? "phone_rings" : "ring_phone");
  phone.setAttribute("aria-pressed", String(on));
  phone.setAttribute("aria-label", words);
  write(phone.querySelector(".wide"), words);
}

function lacking() {
  if (!window.isSecureContext) return word("needs_https");
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) return "";
  return word("cannot_ring");
}

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

async function nameOf(subscription) {
  if (!subscription) return "";
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
  return [...new Uint8Array(hash)].slice(0, 16).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function told(path, fields) {
  const sent = fields && { method: "POST", body: new URLSearchParams({ proof: phone.dataset.proof, ...fields }) };
  const answer = await fetch(path, { headers: { Accept: "application/json" }, ...sent }).catch(() => null);
  if (!answer) throw new Error(word("not_reached"));
  if (answer.redirected || answer.status === 401) throw new Error(word("signed_out"));
  const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail || word("not_done"));
  return said;
}

// Whatever address the device had may be dead, or for another key of the server: it gets a new one.
async function subscribed(worker, key) {
  const former = await worker.pushManager.getSubscription();
  if (former) await former.unsubscribe();
  const wanted = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  const made = await worker.pushManager.subscribe(wanted).catch((error) => {
    throw new Error(`${word("push_silent", { error: error.message })} ${OTHERWISE}`);
  });
  const { endpoint, keys } = made.toJSON();
  const instead = former ? { former: former.endpoint } : {};
  await told("/acts/ring", { endpoint, p256dh: keys.p256dh, auth: keys.auth, ...instead });
}

const working = () => navigator.serviceWorker.register(`/worker.js?say=${encodeURIComponent(word("needs_look"))}`).then(() => navigator.serviceWorker.ready);

async function switchOn() {
  const permission = await Notification.requestPermission(); // first: browsers ask only right after a tap
  const state = await told("/acts/ring");
  if (state.why) throw new Error(state.why);
  if (permission !== "granted") {
    throw new Error(word("not_allowed"));
  }
  await subscribed(await working(), state.key);
  phoneRings(true);
  noteOnPhone("");
  say(word("rings_now"));
}

async function switchOff() {
  phoneRings(false);
  noteOnPhone("");
  const worker = await navigator.serviceWorker.getRegistration();
  const subscription = worker && await worker.pushManager.getSubscription();
  if (!subscription) return;
  await told("/acts/ring-off", { endpoint: subscription.endpoint }).finally(() => subscription.unsubscribe());
}

// A device that was on, and that the server does not know any more, is switched on anew.
async function checkPhone() {
  const worker = await working();
  const state = await told(`/acts/ring?device=${await nameOf(await worker.pushManager.getSubscription())}`);
  const denied = Notification.permission !== "granted";
  if (denied || state.why) {
    phoneRings(false);
    noteOnPhone(`${word("rings_no_more")} ${denied ? word("switched_off") : state.why}`);
  } else if (state.whose && !state.on) {
    phoneRings(false);
    noteOnPhone(word("rings_for", { name: state.whose }));
  } else {
    if (!state.on) {
      phoneRings(false);
      await subscribed(worker, state.key).catch((error) => { throw new Error(`${word("rings_no_more")} ${error.message}`); });
    }
    phoneRings(true);
    noteOnPhone(state.trouble ? `${word("push_trouble", { trouble: state.trouble })} ${OTHERWISE}` : "");
  }
}

function triedOnPhone(work) {
  phone.disabled = true;
  work().catch((error) => noteOnPhone(error.message)).finally(() => { phone.disabled = false; });
}

if (phone) {
  phone.hidden = false;
  phoneRings(Boolean(remembered("phone")));
  phone.addEventListener("click", () => {
    const missing = lacking();
    if (missing) noteOnPhone(missing);
    else triedOnPhone(remembered("phone") ? switchOff : switchOn);
  });
  if (remembered("phone") && !lacking()) triedOnPhone(checkPhone);
}

// A tapped message turns to its promise, unless something is being written here: then it is a link.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    const there = new URL(data.open, location.origin);
    if (there.origin !== location.origin) return;
    if (!busy()) { location.assign(there.href); return; }
    const link = fragment("<p class='note-box'><a></a></p>");
    link.firstChild.href = there.pathname;
    link.firstChild.textContent = word("open_tapped");
    by("notes").append(link);
  });
}
