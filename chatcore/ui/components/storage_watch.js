// Looks at what the browser's storage really holds, shows it and reports it. Under the keys of `data.expect` it looks
// for what was to be written, under those of `data.known` for what another tab has stored instead. A write by the
// storage package's iframe, or by another tab, raises a `storage` event in this page.
const PATIENCE_MS = 1500;
// The package writes this under a key before it first writes there, and after it has erased it.
const EMPTY = "null";
const SHARED = /^chatcore\.(chat\.|tail\.|persona\.|draft\.|(owner|keys|index)$)/;

// The item that the package has written as `text` under `key`; null if there is none, or it is not ours.
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

// Reports to the server without a run of the script; false where the host serves only the page, without the routes.
async function posted(body) {
  const headers = { "Content-Type": "application/json" };
  try {
    const answer = await fetch("api/stored", { method: "POST", headers, body: JSON.stringify(body) });
    return answer.status === 204;
  } catch {
    return false;
  }
}

// Where the visitor went by the browser's Back or Forward in this tab, until it is reported. Noted outside the
// look-outs, as there may be none for a moment while one is drawn again.
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

  // Whether this page wrote the item. At the first look such an item may be news; later `data` may just be older.
  let fresh = true;
  function isOwn(key, item) {
    return item?.by === data.by && (key in data.expect || (key in data.known && !fresh));
  }

  // The items that other tabs have stored and the server does not know, each state of an item once. An event brings an
  // item even if this tab has overwritten it meanwhile.
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
    if (!(data.session && (await posted({ session: data.session, ...what })))) setTriggerValue("report", what);
  }

  const onStorage = (event) => look(false, event);
  // Reports where the visitor went; as state, since Streamlit itself runs the script again for the new address, and a
  // trigger could be lost. It goes to another page by itself, and a report would undo that.
  function go() {
    const name = went?.page;
    if (!data.session || !went || (data.elsewhere?.includes(name) ? name : "") !== data.page) return;
    setStateValue("went", { chat: went.chat, at: went.at });
    went = null;
  }
  const onShown = () => {
    told = {}; // A report from before a sleep may have been lost.
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
