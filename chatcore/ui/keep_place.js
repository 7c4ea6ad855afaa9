// Keeps the reader's place when more is drawn above: the message that was the first stays at the top of the page while
// the earlier ones come in, and until the reader scrolls. Meanwhile nothing else moves the page: see follow.js.
const COMING_IN_MS = 1500;

export default function ({ data }) {
  // Looked for each time: where messages come in above, React gives an element to another message.
  const first = () => document.querySelector(`.${data.first}`);
  const page = document.querySelector("[data-testid=stMain]");
  if (!first()) return;
  page.dataset.held = "";
  let timer = 0;
  // On a slow machine they come in piece by piece.
  const hold = () => {
    first()?.scrollIntoView({ block: "start" });
    clearTimeout(timer);
    timer = setTimeout(end, COMING_IN_MS);
  };
  const watch = new ResizeObserver(hold);
  watch.observe(first().parentElement);
  const end = () => {
    watch.disconnect();
    clearTimeout(timer);
    delete page.dataset.held;
  };
  const reader = ["wheel", "touchmove", "keydown", "pointerdown"];
  reader.forEach((name) => addEventListener(name, end, { once: true, passive: true }));
  hold();
  return end;
}
