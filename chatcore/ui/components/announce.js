// Tells a screen reader that an answer begins, its finished sentences, and how it ended. It looks once a second, so it
// costs the same however fast the answer is made, and waits with the next sentences until the last are spoken.
const LOOK_MS = 1000;
const MOST = 300;
const SPOKEN_MS = 45; // a character
const SENTENCES = /^[^]*[.!?:…。！？]["”“»)]*(?=\s)|^[^]*\n/;

// The text that a screen reader would read, with each block on a line of its own.
function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches("button, style, [aria-hidden=true]")) return "";
  const text = [...node.childNodes].map(spoken).join("");
  return node.matches("p, li, h1, h2, h3, h4, h5, h6, tr, pre, blockquote") ? `${text}\n` : text;
}

function finished(text) {
  const whole = SENTENCES.exec(text)?.[0] ?? "";
  return whole.length <= MOST ? whole : (SENTENCES.exec(whole.slice(0, MOST))?.[0] ?? whole.slice(0, MOST));
}

export default function ({ data, parentElement }) {
  const region = parentElement.querySelector("[aria-live]");
  const known = (parentElement.reading ??= { answer: "", at: 0, due: 0, ended: false });
  const { words } = data;

  function say(text, after = 0) {
    region.textContent = text;
    known.due = performance.now() + after;
  }

  function look() {
    const answer = document.querySelector(`.st-key-assistant-${known.answer}`);
    const text = [...(answer?.querySelectorAll(".st-key-live, .st-key-still") ?? [])].map(spoken).join("\n");
    if (known.ended) return end(answer, text.slice(known.at));
    // The note on the ending is drawn after Stop has gone: it is said at the next look.
    known.ended = !document.querySelector(".st-key-stop");
    const chunk = performance.now() < known.due ? "" : finished(text.slice(known.at));
    known.at += chunk.length;
    if (chunk.trim()) say(chunk.trim(), chunk.length * SPOKEN_MS);
  }

  function end(answer, rest) {
    clearInterval(timer);
    const ending = answer?.querySelector(`[class*="st-key-ending-"] p`);
    const last = rest.length > MOST ? words.more : rest.trim();
    if (answer) say(`${last} ${ending ? spoken(ending).trim() : words.complete}`.trim());
    known.answer = "";
  }

  if (data.answer && data.answer !== known.answer) {
    Object.assign(known, { answer: data.answer, at: 0, ended: false });
    say(words.begins, words.begins.length * SPOKEN_MS);
  }
  const timer = known.answer ? setInterval(look, LOOK_MS) : 0;
  return () => clearInterval(timer);
}
