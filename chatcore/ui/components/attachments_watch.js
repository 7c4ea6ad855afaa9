// Reports the files in the message field as soon as they are there: the field itself does so only with the message.
const QUIET_MS = 200;
// An emptied field is reported later: mostly a message has taken the files, and the server knows of that by itself.
const EMPTY_MS = 1500;

const namesInField = () => {
  const chips = [...document.querySelectorAll('[data-testid="stChatInput"] [data-testid="stFileChip"]')];
  const whole = chips.filter((chip) => !chip.querySelector('[data-testid*="Spinner"], [data-testid*="Error"]'));
  return whole.map((chip) => chip.querySelector('[data-testid="stFileChipName"]')?.getAttribute("title") ?? "");
};

export default function ({ data, setTriggerValue }) {
  let timer;
  const look = () => {
    const names = namesInField().slice(0, data.most);
    if (JSON.stringify(names) !== JSON.stringify(data.shown)) setTriggerValue("names", names);
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(look, namesInField().length ? QUIET_MS : EMPTY_MS);
  };
  const field = document.querySelector('[data-testid="stChatInput"]')?.parentElement ?? document.body;
  const watch = new MutationObserver(wait);
  watch.observe(field, { childList: true, subtree: true, attributes: true });
  wait();
  return () => {
    clearTimeout(timer);
    watch.disconnect();
  };
}
