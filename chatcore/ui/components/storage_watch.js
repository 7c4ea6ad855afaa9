// Looks at what the browser really holds, says so on the page, and reports it: under the keys of `data.expect` whether
// it is what was to be written, under those of `data.known` whether another tab has stored something else meanwhile.
// A write from the storage package's iframe, or from another tab, raises a `storage` event in this page.
const PATIENCE_MS = 1500;
// What the package writes under a key that holds nothing, before it writes there and after it has erased it.
const EMPTY = "null";
const SHARED = /^chatcore\.(chat\.|tail\.|persona\.|draft\.|(owner|keys|index)$)/;

// What the package has written as `text` under `key`, null when that is nothing or nothing of ours.
function parsed(key, text) {
  try {
    return JSON.parse(text)[key] ?? null;
  } catch {
    return null;
  }
}

function stored(key) {
  return parsed(key, localStorage.getItem(key));
}

function stamp(item) {
  return item && `${item.revision}.${item.by ?? ""}`;
}

function used() {
  return Object.keys(localStorage).reduce((sum, key) => sum + key.length + localStorage[key].length, 0);
}

// Tells the server without a run of the script; false where the host serves the page alone, without the routes.
async function posted(body) {
  const headers = { "Content-Type": "application/json" };
  try {
    const answer = await fetch("api/stored", { method: "POST", headers, body: JSON.stringify(body) });
    return answer.status === 204;
  } catch {
    return false;
  }
}

// Where the visitor went by the browser's way back or forth in this tab, until it is told. Noted here, since between two
// drawings of a look-out nobody would hear of it.
let went;
window.addEventListener("popstate", () => {
  const address = new URL(location);
  went = { page: address.pathname.split("/").pop(), chat: address.searchParams.get("chat") ?? "", at: performance.now() };
});

function watch({ data, parentElement, setStateValue, setTriggerValue }) {
  const label = parentElement.querySelector("[role=status]");
  const expected = Object.entries(data.expect);
  let told = {};
  let failure = "";
  let settled = false;

  function say(done) {
    const state = failure ? "failed" : done ? "saved" : data.state;
    label.dataset.state = state;
    label.textContent = data.words ? data.words[state] + (failure && `: ${data.words[failure]}`) : "";
  }

  // A write of this visit: news only at the first look. Later `data` may be older than it.
  let fresh = true;
  function isOwn(key, item) {
    return item?.by === data.by && (key in data.expect || (key in data.known && !fresh));
  }

  // What other tabs have stored that the server does not know, each state of it once. An event has it though this tab
  // has written over it meanwhile.
  function changes(event) {
    const items = Object.keys(data.known ?? {}).map((key) => [key, stored(key)]);
    const key = event && event.newValue !== EMPTY && event.key;
    if (key && data.by && (SHARED.test(key) || key in data.expect)) items.push([key, parsed(key, event.newValue)]);
    const changed = {};
    for (const [key, item] of items) {
      const now = stamp(item);
      if (isOwn(key, item) || now === data.known[key] || now === data.expect[key]) continue;
      if (told[key] !== now) changed[key] = item;
      told[key] = now;
    }
    fresh = false;
    return changed;
  }

  function look(last, event) {
    let found = {};
    let changed = {};
    let why = "";
    try {
      localStorage.getItem("");
      found = Object.fromEntries(expected.filter(([key, wanted]) => stamp(stored(key)) === wanted));
      changed = changes(event);
    } catch {
      why = "off";
    }
    const done = !why && Object.keys(found).length === expected.length;
    if (last && !done) why ||= used() > 4_000_000 ? "full" : "unknown";
    const news = Object.keys(changed).length > 0;
    if (!settled && (done || (why && !failure))) {
      failure = why;
      settled = done;
      clearTimeout(timer);
      if (why || expected.length) report({ found, changed, problem: why });
      else if (news) report({ changed });
    } else if (news) report({ changed });
    say(settled);
  }

  async function report(what) {
    if (what.problem !== "off") what.used = used();
    if (!(data.visit && (await posted({ visit: data.visit, ...what })))) setTriggerValue("report", what);
  }

  const onStorage = (event) => look(false, event);
  // A trigger could be lost: Streamlit itself runs the script again for the new address.
  // To another page it goes by itself, and a report would undo it.
  function go() {
    const name = went?.page;
    if (!data.visit || !went || (data.elsewhere?.includes(name) ? name : "") !== data.page) return;
    setStateValue("went", { chat: went.chat, at: went.at });
    went = null;
  }
  const onShown = () => {
    told = {}; // What was told before a sleep may have been lost.
    if (!document.hidden) look(false);
  };
  const timer = setTimeout(() => look(true), PATIENCE_MS);
  window.addEventListener("storage", onStorage);
  window.addEventListener("popstate", go);
  document.addEventListener("visibilitychange", onShown);
  look(false);
  go();
  return () => {
    clearTimeout(timer);
    window.removeEventListener("storage", onStorage);
    window.removeEventListener("popstate", go);
    document.removeEventListener("visibilitychange", onShown);
  };
}

window.chatcoreWatch = watch;

export default function () {}
