"""Terminals of other machines: what they answer, what they are called, their locales, and whose files there are."""

from __future__ import annotations

import os
import shutil

import pytest

from monitor_words import HELP_TITLE, key_of, shown_view
from server import Server
from terminal import Top
from waiting import wait_until


@pytest.fixture(scope="module")
def url():
    server = Server.start("--workers", "1")
    yield server.http_url
    server.stop_and_check()


@pytest.fixture
def look(url):
    """Opens `top`; afterwards it ends well."""
    tops: list[Top] = []

    def start(**more) -> Top:
        tops.append(Top(120, 40, url, **more))
        tops[-1].wait_for("live")
        return tops[-1]

    yield start
    for top in tops:
        if not top.has_ended():
            assert top.quit() == 0
        top.end()


def test_answers_press_no_keys(look):
    top = look()
    attributes = "\x1b[?62;1;2;4;6;7;8;9;15;16;17;18;21;22;28;29;42;44;45;46;52;314;9001c"
    long_one = "\x1bP1+r" + "524742=382f382f38;q2yd" * 400 + "\x1b\\"
    for answer in (attributes, long_one, "\x1b]4;1;rgb:" + "q" * 9000 + "\x07", "\x9b?" + "1;2" * 300 + "c", "\x1b(q"):
        top.press(answer)
    # Over a slow line, in pieces with pauses in which Alt and a letter would be over.
    for start in range(0, 600, 200):
        top.press(long_one[start:start + 200])
        top.settle(quiet=0.2)
    top.press("2q\x1b\\")
    top.press("?")
    top.wait_for(HELP_TITLE)
    assert shown_view(top) == "overview" and not top.has_ended()
    top.press("?")
    top.wait_without(HELP_TITLE)


@pytest.mark.parametrize("name", ["xterm-kitty", "alacritty", "xterm-ghostty", "foot", "wezterm"])
def test_terminals_of_known_families(look, name):
    top = look(TERM=name + "-nobody-has-this")
    top.wait_for("is unknown here: drawn as xterm-256color")
    top.press(key_of("pages"))
    wait_until(lambda: shown_view(top) == "pages", 30, lambda: f"the pages on\n{top.text}")


def test_a_word_about_the_terminal_does_not_stand_in_the_way(look):
    top = look(TERM="xterm-kitty-nobody-has-this")
    top.wait_for("is unknown here: drawn as xterm-256color")
    # Whoever presses a key wants to see what it did, and not after ten seconds.
    wait_until(
        lambda: top.press("z") or "z: no such key" in top.settle(0.05), 8, lambda: f"the last line on\n{top.text}")


def test_locales_that_are_not_there(look):
    def has_braille_or_lines(top: Top) -> bool:
        return any(sign in top.text for sign in "─│┌╭")

    for variables in ({"LC_CTYPE": "UTF-8"}, {"LANG": "xx_XX.UTF-8"}, {"LC_CTYPE": "C.UTF-8", "LC_TIME": "xx_XX"}):
        top = look(locale="", **variables)
        wait_until(lambda: has_braille_or_lines(top), 30, lambda: f"lines on\n{top.text}")
    top = look(locale="xx_XX.ISO-8859-1")
    top.wait_for("the locale xx_XX.ISO-8859-1 is not on this machine, so signs are ASCII")
    assert top.text.isascii()
    # Who wants ASCII is told nothing.
    top = look(locale="C")
    top.settle()
    assert top.text.isascii() and "locale" not in top.text


def test_settings_behind_a_link_to_nothing_yet(look, tmp_path):
    folder = tmp_path / "config" / "pointerscope"
    folder.mkdir(parents=True)
    (folder / "monitor.conf").symlink_to("../../dotfiles-monitor")
    top = look(home=tmp_path)
    top.press(key_of("pages"))
    wait_until(lambda: shown_view(top) == "pages", 30, lambda: f"the pages on\n{top.text}")
    assert top.quit() == 0
    assert (folder / "monitor.conf").is_symlink() and "view = pages" in (tmp_path / "dotfiles-monitor").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write what somebody else owns")
def test_root_leaves_the_files_of_others_alone(look, tmp_path):
    os.chown(tmp_path, 4321, 4321)
    top = look(home=tmp_path)
    top.press(key_of("pages"))
    wait_until(lambda: shown_view(top) == "pages", 30, lambda: f"the pages on\n{top.text}")
    assert top.quit() == 0
    assert list(tmp_path.iterdir()) == []
    top.wait_for("could not be kept")
    # A file that is there is read, and stays whose it is.
    folder = tmp_path / "config" / "pointerscope"
    folder.mkdir(parents=True)
    (folder / "monitor.conf").write_text("view = health\n")
    for path in (tmp_path / "config", folder, folder / "monitor.conf"):
        shutil.chown(path, 4321, 4321)
    top = look(home=tmp_path)
    wait_until(lambda: shown_view(top) == "health", 30, lambda: f"health on\n{top.text}")
    top.press(key_of("map"))
    wait_until(lambda: shown_view(top) == "map", 30, lambda: f"the map on\n{top.text}")
    assert top.quit() == 0
    assert (folder / "monitor.conf").read_text() == "view = health\n"
    assert (folder / "monitor.conf").stat().st_uid == 4321
