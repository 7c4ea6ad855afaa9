// What is opened in place of the list, or the list again, is seen and read from its heading: the button that led there
// is gone, and the focus with it.
export default function () {
  const main = document.querySelector("[data-testid=stMain]");
  const heading = main?.querySelector("h1");
  if (!heading) return;
  main.scrollTo(0, 0);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
