"""The page as a visitor uses it: the browser tests find and click its controls by their accessible names."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from chatcore.storage import codec
from chatcore.storage.browser.loading import load_storage

PREFIX = "chatcore."
FREE = "_stcore/health"
"""The address of a tab that shows nothing of the app: the next one to be opened may take it."""


class Chat:
    """One tab with the app."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        free = [page for page in context.pages if page.url.endswith(FREE)]
        self.page: Page = free[0] if free else context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        self.field.wait_for()

    @property
    def field(self) -> Locator:
        return self.page.get_by_placeholder("Message")

    @property
    def stop(self) -> Locator:
        return self.page.get_by_role("button", name="Stop generating", exact=True)

    @property
    def answer(self) -> Locator:
        """The place of the last answer."""
        return self.page.locator("[class*=st-key-assistant-]").last

    @property
    def questions(self) -> Locator:
        return self.page.locator("[class*=st-key-user-]")

    @property
    def saved(self) -> Locator:
        return self.page.get_by_text("Saved in this browser", exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def send(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def wait_until_done(self) -> None:
        """Wait until the answer has ended and is saved."""
        expect(self.stop).to_have_count(0)
        self.saved.wait_for()

    @property
    def listed(self) -> Locator:
        """The rows of the list of chats."""
        return self.page.locator("[class*=st-key-open-] button")

    @property
    def undone(self) -> Locator:
        """The line that offers to undo the last destructive act."""
        return self.page.locator(".st-key-undo")

    def settle(self) -> None:
        """Wait until nothing is being drawn, nor will be because something has been stored."""
        idle = self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
        idle.wait_for()
        expect(self.page.locator("[role=status][data-state=saving]")).to_have_count(0)
        idle.wait_for()

    def click(self, name: str) -> None:
        """Click a button once the page has settled: until then the button may still move."""
        self.settle()
        self.button(name).click()

    def delete_chat(self) -> None:
        """Delete the open chat by its button in the list: messages have a button of the same name."""
        self.settle()
        self.page.locator(".st-key-chat-delete button").click()

    def close_dialog(self) -> None:
        """Close a dialog by its button: a key is lost if it comes before the dialog has the focus."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Close", exact=True).click()
        expect(dialog).to_have_count(0)

    def ask(self, text: str) -> None:
        """Send a message and wait until its answer is stored."""
        before = self.answer.get_attribute("class") if self.answer.count() else ""
        self.send(text)
        expect(self.answer).not_to_have_class(before or "")
        self.settle()
        self.wait_until_done()

    def ask_in_new_chat(self, text: str) -> None:
        self.click("New chat")
        expect(self.page.locator(".st-key-welcome")).to_be_visible()
        expect(self.answer).to_have_count(0)
        self.ask(text)

    def reload(self) -> None:
        self.page.reload()
        self.field.wait_for()

    def stored(self) -> dict[str, Any]:
        """The items that the browser's storage holds under our names, by key."""
        items = self.page.evaluate("({...localStorage})")
        return {key: json.loads(value) for key, value in items.items() if key.startswith(PREFIX)}

    def wait_until_deleted(self) -> None:
        """Wait until no chat is stored. The storage package leaves `null` under a key that it has removed."""
        self.page.wait_for_function(
            "!Object.keys(localStorage).some(key => key.includes('.chat.') && localStorage[key] != 'null')"
        )

    def stored_chats(self) -> dict[str, dict[str, Any]]:
        """The stored chats by id, each whole and unpacked."""
        items = {key: item and item[key] for key, item in self.stored().items()}
        return {chat_id: codec.dump(chat) for chat_id, chat in load_storage(items).chats.items()}

    def stored_chat(self) -> dict[str, Any]:
        """The only stored chat."""
        [chat] = self.stored_chats().values()
        return chat

    def wait_for_stored(self, condition: str) -> None:
        """Wait until a JavaScript expression is true, of `chat`, the only stored chat, and `parts`, the checkpoints."""
        self.page.wait_for_function(
            """condition => {
                const under = prefix => Object.keys(localStorage).filter(key => key.startsWith(prefix))
                    .map(key => JSON.parse(localStorage[key])?.[key]).filter(item => item);
                const chat = under('chatcore.chat.')[0], parts = under('chatcore.part.');
                return chat && new Function('chat', 'parts', 'return ' + condition)(chat, parts);
            }""",
            arg=condition,
        )
