// Looks at what the browser really holds under the keys of `data.expect`, says so on the page, and reports it.
// A write from the storage package's iframe, or from another tab, raises a `storage` event in this page.
const PATIENCE_MS = 1500;

// The revision stored under `key`, undefined when there is nothing or nothing of ours.
function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key))[key].revision;
  } catch {
    return undefined;
  }
}

function used() {
  return Object.keys(localStorage).reduce((sum, key) => sum + key.length + localStorage[key].length, 0);
}

function problem() {
  return used() > 4_000_000 ? "full" : "unknown";
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

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.stopWatching?.();
  const label = parentElement.querySelector("[role=status]");
  const expected = Object.entries(data.expect);

  function say(state, why) {
    label.dataset.state = state;
    label.textContent = data.words ? (why ? `${data.words[state]}: ${data.words[why]}` : data.words[state]) : "";
  }

  function look(last) {
    let found = {};
    let why = "";
    try {
      localStorage.getItem("");
      found = Object.fromEntries(expected.filter(([key, revision]) => stored(key) === revision));
    } catch {
      why = "off";
    }
    const done = !why && Object.keys(found).length === expected.length;
    if (!done && last) why ||= problem();
    say(why ? "failed" : done ? "saved" : data.state, why);
    if (done || why) stop();
    if (why || (done && expected.length)) report({ found, problem: why });
  }

  async function report(what) {
    if (!(data.visit && (await posted({ visit: data.visit, ...what })))) setTriggerValue("report", what);
  }

  const onStorage = () => look(false);
  const timer = setTimeout(() => look(true), PATIENCE_MS);
  function stop() {
    clearTimeout(timer);
    window.removeEventListener("storage", onStorage);
  }
  window.addEventListener("storage", onStorage);
  parentElement.stopWatching = stop;
  look(false);
  return stop;
}
