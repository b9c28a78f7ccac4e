"""The real nginx, Caddy and HAProxy with the files of docs/deploy, in a folder and on ports of a test's own."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
from pathlib import Path

from local_authority import Certificate
from server import Server
from waiting import wait_until

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs/deploy"


def free_port() -> int:
    """One that nobody is given who asks the kernel for any (ip_local_port_range in ip(7)): others do meanwhile."""
    while True:
        port = random.randrange(10_240, 32_768)
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            continue


def program(name: str) -> str | None:
    """Where it is; what a system administers is not always on a person's PATH."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


class Proxy:
    """One of them in front of a server, ended by `end`; `without` are texts whose lines the document loses."""

    #: The program, and the file of docs/deploy.
    name = document = ""
    #: What `fill` puts in the place of what the document says, in regular expressions; each has to be there.
    hosts = r"(watch|www)\.example\.org"

    def __init__(self, folder: Path, certificate: Certificate, without: tuple[str, ...] = ()) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.certificate = certificate
        self.port, self.plain_port = free_port(), free_port()
        self.without = without
        self.process: subprocess.Popen | None = None

    @property
    def base(self) -> str:
        return "/ps" if "-path" in self.document else ""

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}{self.base}"

    def text(self, server: Server) -> str:
        """The document with this server's ports and the test's files in it."""
        text = (DOCUMENTS / self.document).read_text()
        for line in self.without:
            assert sum(line in other for other in text.splitlines()) >= 1, f"{self.document} has no line '{line}'"
            text = "\n".join(other for other in text.splitlines() if line not in other) + "\n"
        text = re.sub(self.hosts, "localhost", text)
        for port, address in ((2112, server.http), (8081, server.ingest)):
            text = text.replace(f"127.0.0.1:{port}", "%s:%d" % address)
        return text

    def start(self, server: Server) -> "Proxy":
        log = open(self.folder / "output", "wb")
        self.process = subprocess.Popen(
            self.command(server), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder),
                 "XDG_CONFIG_HOME": str(self.folder)})
        log.close()
        wait_until(self._listens, 30, lambda: f"{self.name} to listen: {(self.folder / 'output').read_text()}")
        return self

    def _listens(self) -> bool:
        assert self.process.poll() is None, (self.folder / "output").read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return True
        except OSError:
            return False

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)

    def command(self, server: Server) -> list[str]:
        raise NotImplementedError


class Nginx(Proxy):
    name, document = "nginx", "nginx.conf"

    FRAME = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
{text}
}}
"""

    def text(self, server: Server) -> str:
        text = super().text(server)
        text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.port}", text)
        text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.plain_port}", text)
        text = text.replace("https://$host$", f"https://$host:{self.port}$")
        text = re.sub(r"/etc/letsencrypt/live/localhost/fullchain.pem", str(self.certificate.path), text)
        return re.sub(r"/etc/letsencrypt/live/localhost/privkey.pem", str(self.certificate.key), text)

    def command(self, server: Server) -> list[str]:
        file = self.folder / "nginx.conf"
        file.write_text(self.FRAME.format(folder=self.folder, text=self.text(server)))
        return [program("nginx"), "-p", str(self.folder), "-c", str(file), "-e", "stderr"]


class NginxPath(Nginx):
    document = "nginx-path.conf"

    SITE = """
server {{
    listen 127.0.0.1:{port} ssl http2;
    server_name localhost;
    ssl_certificate {certificate.path};
    ssl_certificate_key {certificate.key};
{text}
}}
"""

    def text(self, server: Server) -> str:
        return self.SITE.format(port=self.port, certificate=self.certificate, text=super().text(server))


class Caddy(Proxy):
    name, document = "caddy", "Caddyfile"

    FRAME = """
{{
	admin off
	auto_https disable_certs
	https_port {port}
	http_port {plain_port}
	storage file_system {folder}
	default_bind 127.0.0.1
}}
"""

    def text(self, server: Server) -> str:
        text = super().text(server)
        files = f"tls {self.certificate.path} {self.certificate.key}"
        assert "\nlocalhost {\n" in text
        text = text.replace("\nlocalhost {\n", f"\nlocalhost {{\n\t{files}\n", 1)
        frame = self.FRAME.format(port=self.port, plain_port=self.plain_port, folder=self.folder)
        return frame + text.replace("/var/www/html", str(self.folder))

    def command(self, server: Server) -> list[str]:
        file = self.folder / "Caddyfile"
        file.write_text(self.text(server))
        return [program("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]


class CaddyPath(Caddy):
    document = "Caddyfile-path"


class HAProxy(Proxy):
    name, document = "haproxy", "haproxy.cfg"

    DEFAULTS = """
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
"""

    def text(self, server: Server) -> str:
        text = super().text(server)
        text = re.sub(r"bind :443\b", f"bind 127.0.0.1:{self.port}", text)
        text = re.sub(r"bind :80\b", f"bind 127.0.0.1:{self.plain_port}", text)
        text = text.replace("redirect scheme https", f"redirect prefix https://localhost:{self.port}")
        text = text.replace("/etc/haproxy/localhost.pem", str(self.certificate.together))
        # As many as there are descriptors for, on the machine of a test.
        text = text.replace("maxconn 20000", "maxconn 200")
        return text if "defaults" in text else self.DEFAULTS + text

    def command(self, server: Server) -> list[str]:
        file = self.folder / "haproxy.cfg"
        file.write_text(self.text(server))
        return [program("haproxy"), "-db", "-f", str(file)]


class HAProxyPath(HAProxy):
    document = "haproxy-path.cfg"
