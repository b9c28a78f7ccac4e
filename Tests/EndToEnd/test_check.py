"""`pointerscope check` on pages that do one thing wrong at a time: it names that, and the mend."""

from __future__ import annotations

import json
import subprocess

import pytest

from local_authority import Authority
from page_server import PageServer
from server import BINARY

SNIPPET = "const name = 'pointerscope', kind = name + '.v1', to = '%s';\n"
SCRIPT = "text/javascript; charset=utf-8"


class Check:
    """What `check` said of a page, by check."""

    def __init__(self, url: str, *options: str) -> None:
        ended = subprocess.run([BINARY, "check", url, "--json", *options], capture_output=True, text=True, timeout=60)
        assert ended.stderr == "", ended.stderr
        self.told = json.loads(ended.stdout)
        self.checks = {check["check"]: check for check in self.told["checks"]}
        assert len(self.checks) == len(self.told["checks"]), "a check stands twice"
        for check in self.told["checks"]:
            assert ("mend" in check) == (check["level"] in ("warn", "fail")), check
        assert ended.returncode == (1 if self.told["fail"] else 0)

    def has(self, name: str, level: str, words: str = "", mend: str = "") -> None:
        found = self.checks.get(name)
        assert found and found["level"] == level, json.dumps(self.told, indent=1)
        assert words in found["text"] and mend in found.get("mend", ""), found

    @property
    def faults(self) -> set[str]:
        return {name for name, check in self.checks.items() if check["level"] in ("warn", "fail")}


@pytest.fixture
def site(start_server):
    """A page server whose origin the server's ingest port admits, and a snippet that names that port."""
    site = PageServer()
    server = start_server("--origin", site.origin, workers=1)
    site.ingest = server.ingest_url.rstrip("/")
    site.server = server
    site.put("/pointerscope.js", SNIPPET % site.ingest, kind=SCRIPT)
    yield site
    site.end()


def tag(more: str = "", src: str = "/pointerscope.js") -> str:
    return f"<!doctype html><title>a</title><script async src='{src}' {more}></script><p>hello"


def test_a_page_that_does_it_right(site):
    check = Check(site.put("/", tag()))
    assert check.faults == set(), check.told
    check.has("page", "ok", site.origin)
    check.has("tag", "ok", f"{site.origin}/pointerscope.js")
    check.has("script", "ok")
    check.has("endpoint", "ok", site.ingest)
    check.has("ingest", "ok", "a ping comes back")
    check.has("origin", "ok", site.origin)


def test_the_sample_page_of_a_server_works(server):
    check = Check(f"{server.http_url}/")
    assert check.told["fail"] == 0, check.told
    check.has("origin", "ok")


def test_what_can_be_wrong_with_the_tag(site):
    Check(site.put("/none", "<p>hello")).has("tag", "fail", "no tag", mend="<script async src=")
    commented = "<!-- <script src=/pointerscope.js></script> --><template><script src=/pointerscope.js></script></template>"
    Check(site.put("/commented", commented)).has("tag", "fail", "no tag")
    Check(site.put("/bare", "<script src data-endpoint='ws://a'></script>")).has("tag", "fail", "no file")
    Check(site.put("/data", "<script src='data:pointerscope,' data-endpoint='ws://a'></script>")).has("tag", "fail")
    Check(site.put("/two", tag() + tag())).has("tags", "warn", "2 tags")
    Check(site.put("/module", tag("type=module"))).has("tag", "ok", "as a module")
    Check(site.put("/plain", tag("type=text/plain"))).has("tag", "fail", "text/plain", mend="consent")
    Check(site.put("/old", tag("nomodule"))).has("tag", "fail", "nomodule")
    Check(site.put("/sync", tag().replace("async ", ""))).has("async", "warn", mend="async")
    Check(site.put("/sealed", tag("integrity=sha384-x"))).has("integrity", "warn")
    copy = f"<script>{SNIPPET % site.ingest}{'//' + 'x' * 800}</script>"
    check = Check(site.put("/copy", copy))
    check.has("tag", "warn", "stands in the page itself")
    check.has("ingest", "ok")
    Check(site.put("/call", "<script>pointerscope.start()</script>")).has("tag", "skip")
    Check(site.put("/wait", tag("data-consent=wait"))).has("consent", "skip", "pointerscope.start()")
    check = Check(site.put("/ingest", tag(f"data-ingest={site.ingest}")))
    check.has("attributes", "warn", "old name", mend=f'data-endpoint="{site.ingest}"')
    check.has("endpoint", "ok", "data-ingest")


def test_pages_that_the_tag_leaves_out(site):
    Check(site.put("/a", tag("data-domains='shop.example, www.shop.example'"))).has(
        "domains", "fail", "localhost", mend="shop.example,www.shop.example,localhost")
    Check(site.put("/b", tag("data-domains='shop.example localhost'"))).has("domains", "ok")
    Check(site.put("/admin/c/d", tag("data-exclude='/cart,/adm*/c'"))).has("exclude", "fail", "'/adm*/c'", mend="/adm*/c")
    assert "exclude" not in Check(site.put("/admin/d", tag("data-exclude='/cart,/adm*/c'"))).checks


def test_what_can_be_wrong_with_the_file(site):
    Check(site.put("/", tag(src="/away/pointerscope.js"))).has("script", "fail", "404")
    site.put("/page/pointerscope.js", "<p>pointerscope.v1", ("X-Content-Type-Options", "nosniff"))
    Check(site.put("/", tag(src="/page/pointerscope.js"))).has("script", "fail", "text/html", mend="text/javascript")
    site.put("/other/pointerscope.js", "alert(1)", kind=SCRIPT)
    Check(site.put("/", tag(src="/other/pointerscope.js"))).has("script", "fail", "something else")
    site.put("/old/pointerscope.js", "// pointerscope", kind=SCRIPT)
    check = Check(site.put("/", tag(src="/old/pointerscope.js")))
    check.has("script", "warn", "old version")
    check.has("endpoint", "skip")
    Check(site.put("/", tag(src="http://localhost:1/pointerscope.js"))).has("script", "fail", "cannot be reached")
    # A file may be found below a base, and behind a redirect.
    site.put("/moved.js", "", ("Location", "/pointerscope.js"), status=302)
    Check(site.put("/x/y", "<base href='/x/'>" + tag(src="../moved.js", more="data-endpoint=ws://a"))).has("script", "ok")


def test_policies_that_forbid_it(site):
    def under(policy: str, more: str = "", meta: bool = False) -> Check:
        if meta:
            content = policy.replace('"', "&quot;")
            return Check(site.put("/", f'<meta http-equiv="Content-Security-Policy" content="{content}">{tag(more)}'))
        return Check(site.put("/", tag(more), ("Content-Security-Policy", policy)))

    connect = f"connect-src {site.ingest} {site.ingest.replace('ws', 'http', 1)}"
    assert under(f"script-src 'self'; {connect}").faults == set()
    for meta in (False, True):
        check = under(f"script-src https://cdn.example; {connect}", meta=meta)
        check.has("csp-script", "fail", "script-src", mend=f"add to script-src: {site.origin}")
        check.has("csp-connect", "ok")
    check = under("default-src 'none'")
    check.has("csp-script", "fail", "default-src", mend=f"script-src {site.origin}")
    check.has("csp-connect", "fail", "default-src", mend=f"connect-src {site.ingest}")
    check = under("script-src 'strict-dynamic' 'nonce-abc' https:; connect-src 'self'")
    check.has("csp-script", "fail", mend='nonce="..."')
    check.has("csp-connect", "fail", mend=f"add to connect-src: {site.ingest} {site.ingest.replace('ws', 'http', 1)}")
    under("script-src 'strict-dynamic' 'nonce-abc'", "nonce=abc").has("csp-script", "ok")
    under(f"connect-src {site.ingest}").has("csp-connect", "warn", "takes its place")
    under("sandbox").has("csp-script", "fail", "sandbox")
    # A meta behind the tag comes too late.
    late = tag() + "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
    Check(site.put("/late", late)).has("csp-script", "ok")


def test_where_samples_go(site, start_server):
    Check(site.put("/", tag("data-endpoint=ws://localhost:1/ws"))).has("ingest", "fail", "cannot be reached")
    Check(site.put("/", tag("data-endpoint='mailto:a'"))).has("endpoint", "fail", "no address")
    Check(site.put("/", tag(f"data-endpoint={site.server.http_url}"))).has("endpoint", "fail", "no address")
    http_port = site.server.http_url.replace("http", "ws", 1)
    Check(site.put("/", tag(f"data-endpoint={http_port}"))).has("ingest", "fail", "something else")
    other = start_server("--origin", "https://shop.example", workers=1)
    check = Check(site.put("/", tag(f"data-endpoint={other.ingest_url}ws?a=b")))
    check.has("origin", "fail", site.origin, mend=f"--origin {site.origin}")


def test_pages_of_https(tmp_path, start_server):
    authority = Authority(tmp_path / "ours")
    site = PageServer(authority.certificate())
    server = start_server("--origin", site.origin, workers=1)
    site.put("/pointerscope.js", SNIPPET % server.ingest_url, kind=SCRIPT)
    trust = ("--ca-file", str(authority.root))
    # A page of https may talk to the visitor's own machine, and to nobody else, without TLS.
    check = Check(site.put("/", tag()), *trust)
    assert check.faults == set(), check.told
    check = Check(site.put("/", tag("data-endpoint=ws://watch.example")), *trust)
    check.has("mixed", "fail", "ws://watch.example", mend="wss://")
    Check(site.put("/", tag(src="http://watch.example/pointerscope.js")), *trust).has("script", "fail", "https")
    Check(site.origin + "/").has("page", "fail")
    site.end()


def test_pages_that_are_none(site):
    Check(site.put("/gone", "<p>", status=404)).has("page", "warn", "404")
    Check(site.put("/file", "{}", kind="application/json")).has("page", "fail", "application/json")
    Check("http://localhost:1/").has("page", "fail", "cannot be reached")
    Check(site.put("/round", "", ("Location", "/round"), status=301)).has("page", "fail", "once too often")
    site.put("/there", tag())
    check = Check(site.put("/here", "", ("Location", "there"), status=307))
    check.has("page", "ok", f"where {site.origin}/here leads")
    assert check.faults == set()
    big = "<!--" + "x" * (1 << 20) + "-->" + tag()
    Check(site.put("/big", big)).has("tag", "fail", "no tag")


def test_the_command_line(site):
    def run(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run([BINARY, "check", *words], capture_output=True, text=True, timeout=60)

    for words in ([], ["shop.example"], ["ws://shop.example"], ["https://"], ["https://a b/"]):
        ended = run(*words)
        assert ended.returncode == 64 and "https://shop.example.org/cart" in ended.stderr, words
    ended = run(site.put("/", tag()))
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0 and lines[0].startswith("ok    page ") and lines[-1].endswith(" 0 fail, 0 skipped")
