// "Ring this phone": what the policy would tell somebody comes to this device also while no page is open.
// Goes on from board.js, whose functions it uses. Without it the board sounds and counts as before, while it is open.
"use strict";

const phone = by("phone");
const OTHERWISE = "While this page is open, its sound and its title still tell you.";

function noteOnPhone(words) {
  const there = by("phone-note") || fragment("<p id='phone-note' class='note-box' role='status'></p>");
  write(there, words);
  if (!words) there.remove();
  else if (!there.isConnected) document.querySelector("header.top").after(there);
}

function phoneRings(on) {
  remember("phone", on ? "1" : "");
  const words = on ? "This phone rings" : "Ring this phone";
  phone.setAttribute("aria-pressed", String(on));
  phone.setAttribute("aria-label", words);
  write(phone.querySelector(".wide"), words);
}

function lacking() {
  if (!window.isSecureContext) return "This phone can ring only where the board is reached by https.";
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) return "";
  return "This browser cannot ring while the page is closed. On an iPhone, add the board to the Home Screen, and switch this on there.";
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
  if (!answer) throw new Error("Kept could not be reached.");
  if (answer.redirected || answer.status === 401) throw new Error("You are signed out. Sign in, then do it again.");
  const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail || "Kept could not do it.");
  return said;
}

// Whatever address the device had may be dead, or for another key of the server: it gets a new one.
async function subscribed(worker, key) {
  const former = await worker.pushManager.getSubscription();
  if (former) await former.unsubscribe();
  const wanted = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  const made = await worker.pushManager.subscribe(wanted).catch((error) => {
    throw new Error(`Push does not get through: this browser's push service does not answer (${error.message}). ${OTHERWISE}`);
  });
  const { endpoint, keys } = made.toJSON();
  await told("/acts/ring", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
}

const working = () => navigator.serviceWorker.register("/worker.js").then(() => navigator.serviceWorker.ready);

async function switchOn() {
  const permission = await Notification.requestPermission(); // first: browsers ask only right after a tap
  const state = await told("/acts/ring");
  if (state.why) throw new Error(state.why);
  if (permission !== "granted") {
    throw new Error("This browser lets the board show nothing. Allow notifications for this page in its settings, then try again.");
  }
  await subscribed(await working(), state.key);
  phoneRings(true);
  noteOnPhone("");
  say("This phone rings now, also while the board is closed.");
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
    noteOnPhone(`This phone does not ring any more. ${denied ? "Notifications are switched off for this page in this browser's settings." : state.why}`);
  } else if (state.whose && !state.on) {
    phoneRings(false);
    noteOnPhone(`This phone rings for ${state.whose}. Switch it on to have it ring for you instead.`);
  } else {
    if (!state.on) await subscribed(worker, state.key);
    phoneRings(true);
    noteOnPhone(state.trouble ? `Push does not get through: ${state.trouble}. ${OTHERWISE}` : "");
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
    link.firstChild.textContent = "Open the promise that was just tapped";
    by("notes").append(link);
  });
}
