// Keeps the reader's place when earlier messages are drawn: the one that was the first stays at the top of the page
// until they are there, or the reader scrolls. Meanwhile `data-held` on the page keeps follow.js from moving it.
const COMING_IN_MS = 1500;
const READER = ["wheel", "touchmove", "keydown", "pointerdown"];

export default function ({ data }) {
  const page = document.querySelector("[data-testid=stMain]");
  page.dataset.held = "";
  let timer = 0;
  // On a slow machine they come piece by piece. The message is looked up each time: React gives its element to another
  // message, and for a while it has none.
  const hold = () => {
    const first = document.querySelector(`.${data.first}`);
    first?.scrollIntoView({ block: "start" });
    clearTimeout(timer);
    if (first) timer = setTimeout(end, COMING_IN_MS);
  };
  const watch = new ResizeObserver(hold);
  const end = () => {
    watch.disconnect();
    clearTimeout(timer);
    READER.forEach((name) => removeEventListener(name, end));
    delete page.dataset.held;
  };
  [...page.children].forEach((part) => watch.observe(part));
  READER.forEach((name) => addEventListener(name, end, { passive: true }));
  hold();
  return end;
}
