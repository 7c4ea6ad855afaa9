// A page that is come to is seen: on a phone the list of chats no longer lies over it, and all but the chat begin at
// their top, where Streamlit would leave them where the page before was.
const PHONE = "(max-width: 768px)";

export default function ({ data }) {
  if (data.top) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  const list = document.querySelector("[data-testid=stSidebar][data-collapsed=false]");
  if (list && matchMedia(PHONE).matches) list.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
}
