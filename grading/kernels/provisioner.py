"""Jupyter's way to a kernel that is forked from the warm server, and the process that it gets."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from multiprocessing import reduction
from multiprocessing.connection import Client, wait
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from .sandbox import Limits
from .server import ADDRESS, CHANNELS


class WarmProvisioner(LocalProvisioner):
    """Jupyter's way to a warm kernel: as the local provisioner, but forked instead of started.

    ``start_kernel(limits=..., files=...)`` puts the kernel into a sandbox whose work folder holds
    these files; without ``limits`` it is an ordinary kernel of this user.
    """

    parent: Any  # the manager of the kernel
    connection_info: Any
    process: Any  # a WarmProcess
    pid: int | None
    limits: Limits | None
    files: dict[str, bytes]

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        self.limits, self.files = kwargs.pop("limits", None), kwargs.pop("files", {})
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        order: dict[str, Any] = {
            "kind": "kernel",
            "connection": _plain(self.connection_info),
            "limits": self.limits,
            "files": self.files,
            "file": self.parent.connection_file,
        }
        doors: list[socket.socket] = []
        if self.limits is None:
            order |= {
                "cwd": kwargs.get("cwd") or os.getcwd(),
                "environment": kwargs.get("env") or dict(os.environ),
            }
        else:  # the kernel gets sockets that listen already: nothing in its box has a name that we would follow
            doors = [
                _listening(f"{self.connection_info['ip']}-{self.connection_info[f'{name}_port']}")
                for name in CHANNELS
            ]
        self.process = await asyncio.to_thread(WarmProcess, order, doors)
        for door in doors:
            door.close()
        self.pid, self.pgid, self.cwd = self.process.pid, None, kwargs.get("cwd")
        return self.connection_info


def _listening(path: str) -> socket.socket:
    door = socket.socket(socket.AF_UNIX)
    door.bind(path)
    door.listen()
    return door


def _plain(connection: dict[str, Any]) -> dict[str, Any]:
    key = connection["key"]
    return connection | {"key": key.decode() if isinstance(key, bytes) else key}


class WarmProcess:
    """A forked kernel, as ``subprocess.Popen`` would show it; ``reason`` tells why it was ended.

    Parameters
    ----------
    order : dict
        ``kind`` is ``"kernel"`` or ``"judge"``; the rest is theirs.
    sockets : list of socket
        They are handed on: what the kernel listens to, or the judge serves.
    """

    stdin = stdout = stderr = None

    returncode: int | None

    def __init__(self, order: dict[str, Any], sockets: Sequence[socket.socket] = ()) -> None:
        self.line = Client(os.environ[ADDRESS], family="AF_UNIX")
        self.returncode, self.reason, self.cpu, self.overloaded = None, "", 0.0, False
        self.line.send(order | {"sockets": len(sockets)})
        for one in sockets:
            reduction.send_handle(self.line, one.fileno(), None)
        told = self.line.recv()
        if "error" in told:
            raise RuntimeError(told["error"])
        self.pid = told["pid"]

    def poll(self) -> int | None:
        try:
            while self.returncode is None and self.line.poll():
                told = self.line.recv()
                self.returncode, self.reason, self.cpu = told["status"], told["reason"], told["cpu"]
                self.overloaded = told["overloaded"]
        except (EOFError, OSError):
            self.returncode = -signal.SIGKILL if self.returncode is None else self.returncode
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        start = time.monotonic()
        while self.poll() is None:
            if timeout is not None and time.monotonic() > start + timeout:
                raise subprocess.TimeoutExpired("kernel", timeout)
            wait([self.line], 0.1)
        self.line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self.line.send(number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    terminate = kill
