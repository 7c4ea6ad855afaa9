// One row of buttons under a message: made by `actions.js`, which the page has once, as soon as it is there.
export default function (here) {
  const begin = () => (window.chatcoreActions ? window.chatcoreActions.row(here) : setTimeout(begin, 10));
  begin();
}
