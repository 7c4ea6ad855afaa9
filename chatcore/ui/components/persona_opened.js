// Scrolls to the heading and focuses it when a persona is opened, or the list again: the button that was clicked is
// gone, and the focus with it.
export default function () {
  const main = document.querySelector("[data-testid=stMain]");
  const heading = main?.querySelector("h1");
  if (!heading) return;
  main.scrollTo(0, 0);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
