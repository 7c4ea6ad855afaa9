// Keys that press the page's own buttons, and the focus after a click on a button that disappears.
const FIELD = "[data-testid=stChatInputTextArea]";
const WRITES = "input, textarea, select, [contenteditable=true]";
// While one of these is open above the page, it gets all keys, above all Escape.
const ABOVE =
  "[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [data-testid=stPopoverBody], [aria-label='Close fullscreen']";
// After these the visitor goes on writing.
const THEN_WRITE = ".st-key-new-chat, .st-key-temporary-chat, [class*=st-key-stop-]";
const OPENING_MS = 1000;

// The element that each act clicks or focuses: the last one that is found.
const ACTS = {
  new: ".st-key-new-chat button",
  search: ".st-key-search-chats input",
  write: FIELD,
  stop: "[class*=st-key-stop-] button",
  pause: "[class*=st-key-pause-] button",
  copy: "[class*=st-key-assistant-] [data-act=copy]",
  jump: ".st-key-jump button:not([hidden])",
  list: ".st-key-preferences button",
};

// The name of the keys, as in `KEYS` of `shell/shortcuts.py`. With Option a Mac's `key` is another sign: then the place
// of the key counts.
function named({ key, code, altKey, shiftKey, ctrlKey, metaKey }) {
  if (ctrlKey || metaKey) return "";
  if (!altKey) return key.toLowerCase();
  return shiftKey ? `alt+shift+${/^[a-z]$/i.test(key) ? key : code.replace("Key", "")}`.toLowerCase() : "";
}

function focus(selector, until = Date.now() + OPENING_MS) {
  const element = [...document.querySelectorAll(selector)].at(-1);
  if (element?.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().right > 0) {
    element.focus();
    element.select?.();
  } else if (Date.now() < until) {
    if (element) document.querySelector("[data-testid=stExpandSidebarButton]")?.click();
    requestAnimationFrame(() => focus(selector, until));
  }
}

export default function ({ data }) {
  function onKey(event) {
    const at = !event.isComposing && !event.repeat && ACTS[data[named(event)]];
    if (!at || document.fullscreenElement || document.querySelector(ABOVE)) return;
    const { target } = event;
    const field = target.closest?.(WRITES);
    if (!event.altKey && field && (event.key !== "Escape" || !field.matches(FIELD))) return;
    const found = [...document.querySelectorAll(at)].at(-1);
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    if (found.matches(WRITES)) focus(at);
    else found.click();
  }

  function onClick({ target }) {
    if (target.closest(THEN_WRITE) && matchMedia("(pointer: fine)").matches) {
      document.querySelector(FIELD)?.focus({ preventScroll: true });
    }
  }

  addEventListener("keydown", onKey, true);
  document.addEventListener("click", onClick);
  return () => {
    removeEventListener("keydown", onKey, true);
    document.removeEventListener("click", onClick);
  };
}
