// One row of buttons under a message. `actions.js`, which the page has once, draws it as soon as it is loaded.
export default function (here) {
  const begin = () => (window.chatcoreActions ? window.chatcoreActions.row(here) : setTimeout(begin, 10));
  begin();
}
