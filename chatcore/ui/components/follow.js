// Keeps the end of the chat in view while the answer grows, until the reader goes up; then shows the button back.
const FIELD = "[data-testid=stChatInput]";
// The end counts as out of view with so many pixels of the page below: more than the room under the last answer.
const OUT_OF_VIEW = 80;

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const page = document.querySelector("[data-testid=stMain]");
  // Another chat is shown from its end, an empty one from its beginning.
  let following = parentElement.chat !== data.chat ? data.chat !== "" : parentElement.following;
  if (parentElement.chat !== data.chat && !following) page.scrollTop = 0;
  parentElement.chat = data.chat;
  button.ariaLabel = button.title = data.name;
  let top = 0;
  let most = 0;

  function note() {
    top = page.scrollTop;
    most = page.scrollHeight - page.clientHeight;
    parentElement.following = following;
    button.hidden = following || most - top < OUT_OF_VIEW;
  }

  // A move is the reader's: up, unless the page has become shorter; down to the end, unless the end has just grown.
  function onScroll() {
    const lowest = page.scrollHeight - page.clientHeight;
    if ("held" in page.dataset) following = false;
    else if (lowest - page.scrollTop < 2 && lowest <= most) following = true;
    else if (page.scrollTop < top && lowest >= most) following = false;
    note();
  }

  // Lets code that is wider than the page be scrolled with the keys as well.
  function openToKeys() {
    for (const code of page.querySelectorAll("pre:not([tabindex])")) {
      if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
    }
  }

  function pin() {
    if ("held" in page.dataset) following = false;
    if (following) page.scrollTop = page.scrollHeight;
    openToKeys();
    note();
  }

  function goToTheEnd() {
    following = true;
    pin();
  }

  // The button disappears, so the focus goes to the page, which can then be scrolled with the keys.
  function onJump() {
    page.focus({ preventScroll: true });
    goToTheEnd();
  }

  function onSend({ type, target, key, shiftKey, isComposing }) {
    const field = target.closest?.(FIELD)?.querySelector("textarea");
    const sends = type === "click" ? target.closest("[data-testid=stChatInputSubmitButton]") : key === "Enter";
    if (field?.value.trim() && sends && !shiftKey && !isComposing) goToTheEnd();
  }

  const sizes = new ResizeObserver(pin);
  [page, ...page.children].forEach((part) => sizes.observe(part));
  page.addEventListener("scroll", onScroll, { passive: true });
  button.addEventListener("click", onJump);
  ["keydown", "click"].forEach((name) => document.addEventListener(name, onSend, true));
  pin();
  return () => {
    sizes.disconnect();
    page.removeEventListener("scroll", onScroll);
    button.removeEventListener("click", onJump);
    ["keydown", "click"].forEach((name) => document.removeEventListener(name, onSend, true));
  };
}
