"""Signing in, staying signed in, and being signed out: the real server, seen as a browser without scripts sees it."""

from __future__ import annotations

import json
import threading

import pytest

from signing_in import PASSWORD, Browser, EventStream, admin, post_session, start_guarded, token
from waiting import wait_until


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def guarded(start_server, state):
    return start_guarded(start_server, state)


def test_without_a_sign_in_only_what_visitors_need_is_open(guarded):
    for path, status in {
        "/healthz": 200, "/readyz": 200, "/pointerscope.js": 200, "/favicon.ico": 204,
        "/": 401, "/admin/ann": 401, "/receive/ann": 401, "/receive/ann?shape=frames": 401, "/metrics": 401,
        "/api/state": 401, "/api/session": 401, "/assets/dashboard/main.js": 401, "/nothing": 401,
        "/assets/dashboard/theme.css": 200, "/assets/pages/style.css": 200, "/sign-in": 200,
    }.items():
        for method in ("GET", "HEAD"):
            answer = guarded.get(path, method)
            assert (path, method, answer.status) == (path, method, status)
            if status == 401:
                assert answer.headers["WWW-Authenticate"] == 'Bearer realm="pointerscope"', path


def test_a_page_gets_the_sign_in_page_and_leads_back(guarded):
    browser = Browser(guarded)
    page = browser.get("/admin/ann?from=mail&x=1")
    assert page.status == 401
    assert "no-store" in page.headers["Cache-Control"]
    assert page.fields["return"] == "/admin/ann?from=mail&x=1"
    answer = browser.post(page.action, page.fields | {"name": "ann", "password": PASSWORD})
    assert answer.status == 303
    assert answer.location == "/admin/ann?from=mail&x=1"
    assert browser.get(answer.location).status == 200
    assert browser.get("/assets/dashboard/main.js").status == 200
    assert browser.get("/api/state").json["viewers"] == 0
    session = browser.get("/api/session").json
    assert (session["name"], session["role"], session["scope"]) == ("ann", "operator", None)
    assert browser.get("/").location == "/admin/ann", "there is no sample page where people sign in"


def test_the_cookie_is_for_this_server_alone(guarded):
    browser = Browser(guarded)
    browser.sign_in()
    for name in ("pointerscope", "pointerscope-device"):
        morsel = browser.set_cookies[name]
        assert morsel["httponly"] and morsel["samesite"] == "Lax" and morsel["path"] == "/"
        assert not morsel["secure"] and not morsel["domain"], "http on loopback"
    assert len(browser.session) == 43


def test_under_https_the_cookie_is_bound_to_the_host(start_server, state):
    server = start_guarded(start_server, state, "--public-url", "https://watch.example.org/ps")
    browser = Browser(server, host="watch.example.org", origin="https://watch.example.org")
    page = browser.get("/ps/admin/ann")
    assert page.action == "/ps/sign-in"
    assert page.headers["Strict-Transport-Security"]
    answer = browser.post(page.action, page.fields | {"name": "ann", "password": PASSWORD})
    assert (answer.status, answer.location) == (303, "/ps/admin/ann")
    for name in ("__Host-pointerscope", "__Host-pointerscope-device"):
        morsel = browser.set_cookies[name]
        assert morsel["secure"] and morsel["httponly"] and morsel["path"] == "/" and not morsel["domain"]
    assert browser.get("/ps/admin/ann").status == 200
    assert browser.get("/admin/ann").status == 200, "a proxy may have taken the path off"


@pytest.mark.parametrize("name,password", [
    ("ann", "not the password"), ("nobody", PASSWORD), ("ann", PASSWORD + "x"), ("ann ", PASSWORD), ("Ann", PASSWORD)])
def test_wrong_is_wrong_in_one_way(guarded, name, password):
    browser = Browser(guarded)
    answer = browser.sign_in(name, password)
    assert answer.status == 401
    assert "Name or password is wrong" in answer.text
    assert "pointerscope" not in browser.cookies
    metrics = guarded_metrics(guarded)
    assert metrics['pointerscope_sign_ins_refused_total{reason="credentials"}'] == 1
    line = guarded.event("sign_in_refused")
    assert (line["why"], line["from"]) == ("credentials", "127.0.0.1")
    assert line.get("name") == (name if name == "ann" else None), "what is no name of ours may be a password"
    assert all(password not in raw for raw in guarded.raw_lines)


def guarded_metrics(server, name: str = "ann"):
    """The metrics, for whoever signs in for them."""
    from server import Metrics
    browser = Browser(server)
    assert browser.sign_in(name).status == 303
    return Metrics(browser.get("/metrics").text)


def test_a_second_browser_is_told_of_the_first_and_may_take_over(guarded):
    first, second = Browser(guarded, headers={"User-Agent": "first/1"}), Browser(guarded)
    first.sign_in()
    stream = EventStream(guarded, "/receive/ann", headers={"Cookie": f"pointerscope={first.session}"})
    page = second.sign_in(path="/sign-in?return=/api/state")
    assert page.status == 409
    assert "127.0.0.1" in page.text and "first/1" in page.text
    assert "pointerscope" not in second.cookies
    assert first.get("/api/session").status == 200, "nobody is put out before the other has said so"
    answer = second.post(page.action, page.fields)
    assert (answer.status, answer.location) == (303, "/api/state")
    message = stream.wait_for("signed-out", seconds=2)
    assert message == {"why": "taken-over", "by": "127.0.0.1"}
    stream.wait_for_end(seconds=2)
    assert first.get("/api/session").json == {"why": "taken-over", "by": "127.0.0.1"}
    assert second.get("/api/session").status == 200
    again = Browser(guarded, cookies=dict(second.cookies))
    assert again.post(page.action, page.fields).status == 401, "a ticket is good once"


def test_a_session_that_is_replaced_in_its_own_browser_needs_no_taking_over(guarded):
    browser = Browser(guarded)
    browser.sign_in()
    old = browser.session
    page = browser.get("/sign-in")
    assert page.status == 303, "who is signed in is led on"
    other = Browser(guarded, cookies={key: value for key, value in browser.cookies.items() if "form" in key})
    page = other.get("/sign-in")
    other.cookies["pointerscope"] = old
    answer = other.post(page.action, page.fields | {"name": "ann", "password": PASSWORD})
    assert answer.status == 303
    assert other.session != old, "a session from before the sign-in is never the one after it"
    assert Browser(guarded, cookies={"pointerscope": old}).get("/api/session").status == 401


def test_as_many_sessions_as_the_operator_allows(start_server, state):
    server = start_guarded(start_server, state, "--sessions-per-admin", "2")
    browsers = [Browser(server) for _ in range(3)]
    assert [browser.sign_in().status for browser in browsers] == [303, 303, 409]


def test_signing_out_here_and_everywhere(start_server, state):
    server = start_guarded(start_server, state, "--sessions-per-admin", "3")
    browsers = [Browser(server) for _ in range(3)]
    for browser in browsers:
        browser.sign_in()
    stream = EventStream(server, "/receive/x", headers={"Cookie": f"pointerscope={browsers[2].session}"})
    code = browsers[0].get("/api/session").json["token"]
    assert browsers[1].post("/sign-out", {"token": code}).status == 403, "the code of another session"
    assert browsers[0].post("/sign-out", {"token": code}).location == "/sign-in"
    assert "pointerscope" not in browsers[0].cookies
    assert [browser.get("/api/session").status for browser in browsers] == [401, 200, 200]
    code = browsers[1].get("/api/session").json["token"]
    browsers[1].post("/sign-out", {"token": code, "where": "everywhere"})
    assert [browser.get("/api/session").status for browser in browsers] == [401, 401, 401]
    assert stream.wait_for("signed-out", seconds=2) == {"why": "signed-out"}


@pytest.mark.parametrize("change,why", [
    (("passwd", "bob"), "changed"), (("role", "bob", "operator"), "changed"), (("remove", "bob"), "removed"),
    (("scope", "bob", "page:/shop/*"), "changed")])
def test_a_stream_ends_when_its_admin_is_another(start_server, state, change, why):
    server = start_guarded(start_server, state, admins={"ann": "operator", "bob": "viewer"})
    browser = Browser(server)
    browser.sign_in("bob")
    stream = EventStream(server, "/receive/bob?shape=frames", headers={"Cookie": f"pointerscope={browser.session}"})
    admin(state, *change, password="another good password" if change[0] == "passwd" else None)
    message = stream.wait_for("signed-out", seconds=5)
    assert message == {"why": why}
    stream.wait_for_end(seconds=2)
    assert browser.get("/api/session").json == {"why": why}
    line = server.event("session_ended")
    assert (line["name"], line["why"], line["streams"]) == ("bob", why, 1)


def test_sessions_outlive_a_restart(start_server, state):
    server = start_guarded(start_server, state)
    browser = Browser(server)
    browser.sign_in()
    assert server.stop() == 0
    again = start_server("--auth", "password", "--state", str(state))
    later = Browser(again, cookies=dict(browser.cookies))
    assert later.get("/api/session").json["name"] == "ann"


def test_the_first_admin_is_made_by_a_link_once(start_server, state):
    server = start_server("--auth", "password", "--state", str(state))
    link = (state / "first-admin-link").read_text().strip()
    assert (state / "first-admin-link").stat().st_mode & 0o777 == 0o600
    assert server.event("no_admin")["file"] == str(state / "first-admin-link")
    assert all(link.split("=")[1] not in line for line in server.raw_lines), "the link is in no log"
    path = link.split(server.ready["http"])[1]
    browser = Browser(server)
    page = browser.get(path)
    assert page.status == 200
    for wrong, words in [
        ({"name": "ann", "password": "short", "again": "short"}, "12"),
        ({"name": "ann", "password": PASSWORD, "again": PASSWORD + "x"}, "differ"),
        ({"name": "a b", "password": PASSWORD, "again": PASSWORD}, "A-Z"),
    ]:
        answer = browser.post(page.action, page.fields | wrong)
        assert answer.status == 400 and words in answer.text
    answer = browser.post(page.action, page.fields | {"name": "ann", "password": PASSWORD, "again": PASSWORD})
    assert (answer.status, answer.location) == (303, "/admin/ann")
    assert browser.get("/api/session").json["role"] == "operator"
    assert "ann" in admin(state, "list")
    wait_until(lambda: not (state / "first-admin-link").exists(), 10, "the link's file to be gone")
    stranger = Browser(server)
    assert stranger.get(path).status == 403
    answer = stranger.post("/first-admin", page.fields | {"name": "eve", "password": PASSWORD, "again": PASSWORD})
    assert answer.status == 403
    assert Browser(server).sign_in().status == 409


def test_a_command_makes_the_first_admin_and_the_link_is_worth_nothing(start_server, state):
    server = start_server("--auth", "password", "--state", str(state))
    path = (state / "first-admin-link").read_text().strip().split(server.ready["http"])[1]
    admin(state, "add", "ann", "--role", "operator", password=PASSWORD)
    wait_until(lambda: Browser(server).get(path).status == 403, 10, "the link to be void")
    assert Browser(server).sign_in().status == 303


def test_a_program_signs_in_with_json(guarded):
    assert post_session(guarded, {"name": "ann", "password": "wrong"}).json == {"why": "credentials"}
    answer = post_session(guarded, {"name": "ann", "password": PASSWORD})
    assert answer.status == 200 and answer.json["name"] == "ann"
    taken = post_session(guarded, {"name": "ann", "password": PASSWORD})
    assert taken.status == 409
    assert taken.json["why"] == "taken" and taken.json["address"] == "127.0.0.1" and taken.json["since"] > 1_700_000_000
    over = post_session(guarded, {"ticket": taken.json["ticket"]})
    assert over.status == 200
    cookie = over.headers["Set-Cookie"].split(";")[0]
    browser = Browser(guarded)
    assert browser.request("DELETE", "/api/session", Cookie=cookie).status == 403, "that takes the session's code"
    body = json.dumps({"token": over.json["token"]}).encode()
    assert browser.request(
        "DELETE", "/api/session", body, Cookie=cookie, Content_Type="application/json").status == 204
    assert browser.request("GET", "/api/session", Cookie=cookie).status == 401
    straight = post_session(guarded, {"name": "ann", "password": PASSWORD, "takeOver": True})
    assert straight.status == 200


def test_roles_and_scopes(start_server, state):
    server = start_guarded(
        start_server, state, admins={"ann": "operator", "vic": "viewer", "sue": "operator"})
    admin(state, "scope", "sue", "page:/shop/*")
    wait_until(lambda: len(server.events("admins_read")) >= 1, 10, "the change to be read")
    statuses = {}
    for name in ("ann", "vic", "sue"):
        browser = Browser(server)
        assert browser.sign_in(name).status == 303
        stream = EventStream(server, "/receive/somebody?shape=frames", headers={
            "Cookie": f"pointerscope={browser.session}"})
        statuses[name] = stream.wait_for("status")
        browsers_metrics = browser.get("/metrics").status
        assert browsers_metrics == (403 if name == "sue" else 200)
        assert browser.get("/api/state").status == 200
    assert {"log", "audience"} <= statuses["ann"].keys()
    assert not {"log", "audience"} & statuses["vic"].keys()
    assert statuses["sue"]["workers"] == [] and not {"log", "audience"} & statuses["sue"].keys()
    names = [viewer["name"] for viewer in statuses["ann"]["audience"]]
    assert names == ["ann"], "the name that was signed in with, whatever the path says"


def test_tokens_for_programs(start_server, state):
    server = start_guarded(start_server, state)
    text = token(state, "create", "prom", "--expires", "90d").strip()
    wait_until(lambda: server.events("tokens_read"), 10, "the token to be read")
    browser = Browser(server)
    bearer = {"Authorization": f"Bearer {text}"}
    assert browser.get("/metrics", **bearer).status == 200
    import base64
    basic = base64.b64encode(f"anything:{text}".encode()).decode()
    assert browser.get("/metrics", Authorization=f"Basic {basic}").status == 200
    assert browser.get(f"/metrics?token={text}").status == 401
    assert browser.get(f"/metrics?access_token={text}").status == 401
    assert browser.get("/metrics", Authorization=f"Bearer {text[:-1]}x").status == 401
    assert browser.get("/metrics", Authorization=f"Bearer {text} ").status == 200
    stream = EventStream(server, "/receive/x", headers=bearer)
    name = json.loads(token(state, "list", "--json"))[0]["id"]
    token(state, "revoke", name)
    assert stream.wait_for("signed-out", seconds=5) == {"why": "revoked"}
    assert browser.get("/metrics", **bearer).status == 401


def test_two_hundred_sign_ins_at_once_cost_nobody_else_anything(start_server, state):
    server = start_guarded(start_server, state)
    results: list[int] = []

    def one(number: int) -> None:
        browser = Browser(server, source=(f"127.0.{number // 250}.{number % 250 + 2}", 0))
        results.append(browser.sign_in("ann", "wrong password").status)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    assert Browser(server).get("/healthz").status == 200
    for thread in threads:
        thread.join(timeout=120)
    assert len(results) == 200 and set(results) <= {401, 429, 503}
    assert 503 in results and 401 in results
    device = Browser(server)
    wait_until(lambda: device.get("/readyz").status == 200, 10, "the server to be there")


def test_the_link_stands_on_the_terminal_until_there_is_an_admin(open_terminal, state):
    terminal = open_terminal(150, 30, "--auth", "password", "--state", str(state))
    terminal.wait_for(r"first-admin\?token=[\w-]{43}")
    admin(state, "add", "ann", "--role", "operator", password=PASSWORD)
    terminal.wait_for(r"q quit")
    assert "first-admin" not in terminal.text
