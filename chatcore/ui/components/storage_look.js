// One look-out. It calls `storage_watch.js`, which the page has once, as soon as that is loaded.
export default function (here) {
  here.parentElement.stopWatching?.();
  let timer;
  let end;
  const begin = () => {
    if (window.chatcoreWatch) end = window.chatcoreWatch(here);
    else timer = setTimeout(begin, 10);
  };
  begin();
  return (here.parentElement.stopWatching = () => {
    clearTimeout(timer);
    end?.();
  });
}
