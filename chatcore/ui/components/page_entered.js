// Shows the page that was entered: closes the sidebar, which covers it on a phone, and scrolls to its top. Streamlit
// would keep the scroll position of the page before.
const PHONE = "(max-width: 768px)";

export default function ({ data }) {
  if (data.top) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  const list = document.querySelector("[data-testid=stSidebar][data-collapsed=false]");
  if (list && matchMedia(PHONE).matches) list.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
}
