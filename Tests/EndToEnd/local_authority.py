"""An authority of one's own, made with openssl: certificates that are right, and such that are wrong in one way."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

CONFIGURATION = """
[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
[req]
distinguished_name = name
[name]
"""


class Certificate:
    """Files of a certificate, with those between it and the root, and of its key."""

    def __init__(self, path: Path, key: Path) -> None:
        self.path = path
        self.key = key

    @property
    def together(self) -> Path:
        """Both in one file, as HAProxy wants them."""
        file = self.path.with_suffix(".both.pem")
        file.write_bytes(self.path.read_bytes() + self.key.read_bytes())
        return file


class Authority:
    """A root, whose certificate is `root`."""

    def __init__(self, folder: Path, name: str = "Authority of a test", under: "Authority | None" = None) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.count = 0
        (folder / "index.txt").touch()
        (folder / "serial").write_text("01\n")
        self.configuration = folder / "openssl.cnf"
        self.configuration.write_text(CONFIGURATION.format(folder=folder))
        self.root, self.key = folder / "root.pem", folder / "root.key"
        if under is None:
            openssl("req", "-x509", "-config", self.configuration, "-subj", f"/CN={name}", "-days", "30",
                    "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", self.key,
                    "-out", self.root, "-addext", "basicConstraints=critical,CA:true")
        else:
            made = under.certificate(name, extensions="basicConstraints=critical,CA:true\n")
            self.root, self.key = made.path, made.key

    def certificate(self, name: str = "localhost", alternatives: str = "", starts: int = -1, ends: int = 20,
                    extensions: str = "") -> Certificate:
        """One for `name`, and `alternatives` as openssl takes them; it is valid between two days, from today."""
        self.count += 1
        stem = self.folder / f"leaf{self.count}"
        key, request, path = stem.with_suffix(".key"), stem.with_suffix(".csr"), stem.with_suffix(".pem")
        further = stem.with_suffix(".ext")
        further.write_text(extensions or f"subjectAltName={alternatives or 'DNS:' + name}\n")
        openssl("req", "-new", "-config", self.configuration, "-subj", f"/CN={name}", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-noenc", "-keyout", key, "-out", request)
        openssl("ca", "-batch", "-config", self.configuration, "-cert", self.root, "-keyfile", self.key, "-in",
                request, "-extfile", further, "-startdate", day(starts), "-enddate", day(ends), "-notext", "-out", path)
        return Certificate(path, key)

    def lone(self, name: str = "localhost") -> Certificate:
        """One that nobody signed but itself."""
        path, key = self.folder / "lone.pem", self.folder / "lone.key"
        openssl("req", "-x509", "-config", self.configuration, "-subj", f"/CN={name}", "-days", "30", "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", key, "-out", path,
                "-addext", f"subjectAltName=DNS:{name}")
        return Certificate(path, key)


def day(offset: int) -> str:
    moment = datetime.now(timezone.utc) + timedelta(days=offset)
    return moment.strftime("%Y%m%d%H%M%SZ")


def openssl(*arguments) -> None:
    made = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
