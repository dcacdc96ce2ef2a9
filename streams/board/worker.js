// The board's worker: it shows what was pushed to this device, and opens the promise's page when that is tapped.
// It keeps no pages and answers no requests, so that nobody ever sees a board of yesterday.
"use strict";

// What it says where nothing can be read comes from the page that set it up, in that page's language.
const UNREADABLE = new URL(location.href).searchParams.get("say") || "";
const NOBODY_KNOWS = { title: "Kept", body: UNREADABLE, path: "/", tag: "kept", at: 0, rings: false };

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// A browser that was pushed to has to show something, whatever came.
function read(data) {
  try {
    const news = data.json();
    return typeof news.title === "string" ? { ...NOBODY_KNOWS, ...news } : NOBODY_KNOWS;
  } catch {
    return NOBODY_KNOWS;
  }
}

// What was sent before may come after: the newer one stays, and is not heard a second time.
async function show(news) {
  const [held] = await registration.getNotifications({ tag: news.tag });
  const newer = held && held.data && held.data.at > news.at;
  const { title, body, tag, at, rings, path } = newer ? { ...held.data, rings: false } : news;
  await registration.showNotification(title, {
    body, tag, icon: "/icon-192.png", timestamp: at || Date.now(), data: { title, body, tag, at, rings, path },
    renotify: rings, requireInteraction: rings, silent: !rings, ...(rings ? { vibrate: [300, 150, 300, 150, 300] } : {}),
  });
}

function ours(path) {
  const there = new URL(path, location.origin);
  return there.origin === location.origin ? there.href : `${location.origin}/`;
}

// A page that is open already is brought to the front, and turns to the promise unless somebody writes there.
async function open(path) {
  const there = ours(path);
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((each) => each.url === there) || pages[0];
  if (!page) { await clients.openWindow(there); return; }
  if (page.url !== there) page.postMessage({ open: there });
  await page.focus().catch(() => {});
}

// One after another: a browser that is asked for what it shows forgets what it is only about to show.
let shown = Promise.resolve();

addEventListener("push", (event) => {
  shown = shown.catch(() => {}).then(() => show(read(event.data)));
  event.waitUntil(shown);
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data || NOBODY_KNOWS).path));
});
