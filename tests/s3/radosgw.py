"""A real S3 server that checks signatures: Ceph's object gateway on a store of one disk.

Everything lives in one folder and in processes of our own: a monitor, a disk and the gateway.
"""

import hashlib
import hmac
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.waiting import wait_until

PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
_PATIENCE = 120.0


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Radosgw:
    """The gateway, with one user.

    Attributes:
        url: its address.
        key, secret: the user's credentials.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="radosgw-"))
        self.key, self.secret = secrets.token_hex(10).upper(), secrets.token_hex(20)
        self.url = ""
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> Self:
        """Start all of it, and wait until it answers."""
        try:
            self._configure()
            self._start_monitor()
            self._start_disk()
            self._start_gateway()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the processes that were started here, and remove what they wrote."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        self._processes.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_bucket(self, name: str) -> None:
        """Make a bucket, by a request signed as the user's (AWS Signature Version 4)."""
        moment = datetime.now(UTC)
        day, stamp = moment.strftime("%Y%m%d"), moment.strftime("%Y%m%dT%H%M%SZ")
        host, scope = self.url.removeprefix("http://"), f"{day}/us-east-1/s3/aws4_request"
        empty = hashlib.sha256(b"").hexdigest()
        headers = {"host": host, "x-amz-content-sha256": empty, "x-amz-date": stamp}
        listed = "".join(f"{key}:{value}\n" for key, value in headers.items())
        request = f"PUT\n/{name}\n\n{listed}\n{';'.join(headers)}\n{empty}"
        digest = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{self.secret}".encode()
        for part in (day, "us-east-1", "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        credential = f"Credential={self.key}/{scope}, SignedHeaders={';'.join(headers)}"
        headers["Authorization"] = f"AWS4-HMAC-SHA256 {credential}, Signature={signature}"
        with urlopen(Request(f"{self.url}/{name}", method="PUT", headers=headers), timeout=60):
            pass

    def pause(self, paused: bool) -> None:
        """Have the gateway stop answering, or go on."""
        self._processes[-1].send_signal(signal.SIGSTOP if paused else signal.SIGCONT)

    @property
    def environment(self) -> dict[str, str]:
        """What a client of this server needs to be told."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": "us-east-1",
        }

    def _configure(self) -> None:
        self._monitor = f"127.0.0.1:{_free_port()}"
        self._cluster = str(uuid.uuid4())
        settings = {
            "fsid": self._cluster,
            "mon_host": f"v2:{self._monitor}",
            "mon_initial_members": "a",
            "mon_data": self.folder / "mon",
            "osd_data": self.folder / "osd",
            "run_dir": self.folder,
            "admin_socket": self.folder / "$name.sock",
            "pid_file": self.folder / "$name.pid",
            "log_file": self.folder / "$name.log",
            "keyring": self.folder / "keyring",
            "auth_cluster_required": "none",
            "auth_service_required": "none",
            "auth_client_required": "none",
            # The gateway will not speak to a monitor without secrets in any other mode.
            "ms_mon_client_mode": "crc",
            "public_addr": "127.0.0.1",
            "osd_pool_default_size": 1,
            "osd_pool_default_min_size": 1,
            "osd_pool_default_pg_num": 1,
            "osd_pool_default_pg_autoscale_mode": "off",
            "osd_crush_chooseleaf_type": 0,
            "osd_memory_target": 1 << 30,
            "bluestore_block_size": 20 << 30,  # a sparse file
            "mon_allow_pool_size_one": "true",
            "mon_data_avail_crit": 1,
            "mon_data_avail_warn": 2,
            "rgw_run_sync_thread": "false",
            "rgw_enable_usage_log": "false",
        }
        lines = ["[global]", *(f"{name} = {value}" for name, value in settings.items())]
        (self.folder / "ceph.conf").write_text("\n".join(lines) + "\n")
        for name in ("mon", "osd"):
            (self.folder / name).mkdir()

    def _start_monitor(self) -> None:
        monitors = str(self.folder / "monmap")
        self._run(
            *("monmaptool", "--create", "--clobber", "--fsid", self._cluster),
            *("--addv", "a", f"[v2:{self._monitor}]", monitors),
        )
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monitors)
        self._spawn("ceph-mon", "-f", "-i", "a")
        self._run("ceph", "--connect-timeout", str(int(_PATIENCE)), "status")

    def _start_disk(self) -> None:
        disk = str(uuid.uuid4())
        self._run("ceph", "osd", "new", disk)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
        self._spawn("ceph-osd", "-f", "-i", "0")

    def _start_gateway(self) -> None:
        self._run(
            *("radosgw-admin", "user", "create", "--uid", "tests", "--display-name", "Tests"),
            *("--access-key", self.key, "--secret-key", self.secret),
        )
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        address = f"beast endpoint=127.0.0.1:{port}"
        self._spawn("radosgw", "-f", "-n", "client.rgw", "--rgw-frontends", address)
        wait_until(self._answers, _PATIENCE)

    def _answers(self) -> bool:
        try:
            with urlopen(self.url, timeout=5):
                return True
        except HTTPError:
            return True
        except (URLError, OSError):
            return False

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [program, "-c", str(self.folder / "ceph.conf"), *arguments]
            if program != "monmaptool"
            else [program, *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            env={"PATH": os.environ["PATH"], "CEPH_CONF": str(self.folder / "ceph.conf")},
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout.decode(errors='replace')[-2000:]}")

    def _spawn(self, program: str, *arguments: str) -> None:
        with (self.folder / f"{program}.out").open("wb") as out:
            self._processes.append(
                subprocess.Popen(
                    [program, "-c", str(self.folder / "ceph.conf"), *arguments],
                    cwd=self.folder,
                    stdout=out,
                    stderr=out,
                    env={"PATH": os.environ["PATH"]},
                )
            )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
