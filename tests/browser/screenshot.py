"""Makes the README's screenshot from the running app: `python -m tests.browser.screenshot`."""

from playwright.sync_api import sync_playwright

from tests.browser.chat_page import Chat
from tests.support.app_process import CHROMIUM_ARGUMENTS, ROOT, AppServer, chromium_path


def main() -> None:
    with (
        AppServer({"CHAT_MOCK_RATE": "60"}) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS) as browser,
    ):
        context = browser.new_context(viewport={"width": 1100, "height": 720}, device_scale_factor=1.5)
        chat = Chat(context, server.url)
        chat.send("Write a polite reminder for an unpaid invoice")
        chat.wait_until_done()
        chat.button("New chat").click()
        chat.send("What is a monad?")
        chat.page.get_by_text("Your message has").wait_for()
        chat.page.screenshot(path=ROOT / ".github" / "screenshot.png")


if __name__ == "__main__":
    main()
