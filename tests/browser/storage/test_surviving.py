"""Reload, another tab, a closed tab, a dead server: the answer is there, and was asked for once."""

import signal
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.chat_page import Chat
from tests.browser.conftest import settings
from tests.support.app_process import AppServer
from tests.support.fake_vendor.dialect_responses import BEGIN, delta, end, numbered
from tests.support.fake_vendor.scripts import DONE, Say, Script, Stall, Wait, finish, reply
from tests.support.fake_vendor.upstream import Upstream

HALVES = Script((Say("First half, "), Wait("second half"), Say("second half."), finish(), DONE))


def test_a_reload_shows_the_same_conversation(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("# Title\n\nText with **bold**.\n\n- one\n- two\n"))
    chat.send("Hello")
    chat.wait_until_done()
    before = chat.page.locator(".st-key-transcript").inner_html()
    stored = chat.stored()
    chat.reload()
    expect(chat.answer).to_contain_text("two")
    expect(chat.page.locator(".st-key-transcript [data-testid=stMarkdownContainer]")).to_have_count(
        before.count('data-testid="stMarkdownContainer"')
    )
    chat.saved.wait_for()
    assert {key for key in chat.stored() if "part" not in key} == {key for key in stored if "part" not in key}


def test_a_reload_in_the_middle_goes_on_with_the_same_answer(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(HALVES)
    chat.send("Hello")
    expect(chat.answer).to_contain_text("First half,")
    chat.reload()
    expect(chat.answer).to_contain_text("First half,")
    expect(chat.stop).to_be_visible()
    upstream.open("second half")
    expect(chat.answer).to_contain_text("First half, second half.")
    chat.wait_until_done()
    assert len(upstream.exchanges) == 1


def test_a_second_tab_sees_the_running_answer_and_can_stop_it(
    open_chat: Callable[[], Chat], upstream: Upstream
) -> None:
    upstream.queue(Script((Say("First half, "), Stall())))
    first = open_chat()
    first.send("Hello")
    expect(first.answer).to_contain_text("First half,")
    second = open_chat()
    expect(second.answer).to_contain_text("First half,")
    second.stop.click()
    upstream.exchange(0).disconnected.wait_at()
    expect(first.answer).to_contain_text("You stopped this answer.")
    expect(second.answer).to_contain_text("You stopped this answer.")
    assert len(upstream.exchanges) == 1


def test_an_answer_ends_without_its_tab_and_is_there_when_it_is_opened_again(
    open_chat: Callable[[], Chat], upstream: Upstream
) -> None:
    upstream.queue(HALVES)
    chat = open_chat()
    chat.send("Hello")
    expect(chat.answer).to_contain_text("First half,")
    chat.page.close()
    upstream.open("second half")
    upstream.exchange(0).finished.wait_at()
    again = open_chat()
    expect(again.answer).to_contain_text("First half, second half.")
    again.wait_until_done()
    assert again.stored_chat()["messages"][1]["ending"] == "complete"
    assert len(upstream.exchanges) == 1


def test_after_a_killed_server_the_saved_part_is_there(
    context: BrowserContext, upstream: Upstream, upstream_port: int
) -> None:
    upstream.queue(Script((Say("Saved, "), Wait("more"), Say("and this too"), Stall())), reply("Again."))
    with AppServer(settings(upstream_port)) as server:
        chat = Chat(context, server.url)
        chat.send("Hello")
        expect(chat.answer).to_contain_text("Saved,")
        upstream.open("more")
        chat.wait_for_stored("parts.some(part => part.text.includes('this too'))")
        server.stop(signal.SIGKILL)
        server.start()
        chat.reload()
        expect(chat.answer).to_contain_text("Saved, and this too")
        expect(chat.answer).to_contain_text("Interrupted")
        chat.wait_until_done()
        chat.wait_for_stored("chat.messages[1].ending === 'interrupted' && !parts.length")
        assert len(upstream.exchanges) == 1
        chat.click("Regenerate")
        expect(chat.answer).to_contain_text("Again.")


def test_another_visitor_sees_nothing_of_it(chat: Chat, app: AppServer, browser: Browser, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Secret"), Stall())))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Secret")
    stored = chat.page.evaluate("({...localStorage})")
    stranger = browser.new_context()
    tab = Chat(stranger, app.url)
    copied = {key: value for key, value in stored.items() if key != "chatcore.owner"}
    tab.page.evaluate("items => Object.assign(localStorage, items)", copied)
    tab.reload()
    expect(tab.answer).to_contain_text("Interrupted")
    expect(tab.answer).not_to_contain_text("Secret")
    expect(chat.stop).to_be_visible()
    stranger.close()
    chat.stop.click()
    chat.wait_until_done()


def test_a_page_that_streamlit_has_given_up_is_loaded_anew_unless_something_would_be_lost(
    own_context: BrowserContext, app: AppServer, upstream: Upstream
) -> None:
    sockets: list[WebSocketRoute] = []

    def listen(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    own_context.route_web_socket("**/_stcore/stream", listen)
    chat = Chat(own_context, app.url)
    upstream.queue(HALVES)
    chat.send("Hello")
    expect(chat.answer).to_contain_text("First half,")
    chat.field.fill("Half a thought")
    unreadable = ForwardMsg(ref_hash="unknown").SerializeToString()
    sockets[-1].send(unreadable)
    expect(chat.page.get_by_text("Connection error")).to_be_visible()
    expect(chat.field).to_have_value("Half a thought")
    chat.reload()
    expect(chat.answer).to_contain_text("First half,")
    sockets[-1].send(unreadable)
    upstream.open("second half")
    expect(chat.answer).to_contain_text("First half, second half.")
    chat.wait_until_done()
    assert len(sockets) == 3


def test_an_answer_that_openai_keeps_is_picked_up_by_the_server_that_is_started_again(
    context: BrowserContext, upstream: Upstream, upstream_port: int
) -> None:
    words = [f"word{number} " for number in range(9)]
    events = numbered([*BEGIN, *map(delta, words), end()])
    upstream.queue(Script((*events[:-4], Stall())), Script((*events[:-2], Wait("rest"), *events[-2:])))
    with AppServer(settings(upstream_port) | {"OPENAI_API": "responses"}) as server:
        chat = Chat(context, server.url)
        chat.settle()
        chat.page.locator(".st-key-choose-model button").click()
        chat.page.get_by_text("Keep the answer running at OpenAI").click()
        chat.button("Use this model").click()
        expect(chat.page.get_by_role("dialog")).to_have_count(0)
        chat.send("Hello")
        expect(chat.answer).to_contain_text("word5")
        chat.page.wait_for_function(
            "Object.keys(localStorage).some(key => key.includes('.part.') && localStorage[key].includes('resp_'))"
        )
        server.stop(signal.SIGKILL)
        server.start()
        chat.reload()
        expect(chat.answer).to_contain_text("word7")
        upstream.open("rest")
        expect(chat.answer).to_contain_text("word8")
        chat.wait_until_done()
        answer = chat.stored_chat()["messages"][1]
        assert (answer["text"], answer["ending"]) == ("".join(words), "complete")
        asked = [exchange.method for exchange in upstream.exchanges if "responses" in exchange.path]
        assert asked == ["POST", "GET"]
