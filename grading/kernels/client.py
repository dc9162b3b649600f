"""A client of kernels that trusts nothing that they send."""

import contextlib
import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client import AsyncKernelClient
from nbclient.exceptions import DeadKernelError
from traitlets import default

LONGEST = 80_000_000  # bytes of a message, of a kernel or of the judge


class ReadyClient(AsyncKernelClient):
    """A client that does not linger, as jupyter_client's own does for 0.4 s, and that accepts no endless messages."""

    @default("context")
    def _bounded_context(self) -> zmq.asyncio.Context:
        context = zmq.asyncio.Context()
        context.MAXMSGSIZE, context.RCVHWM, context.LINGER = LONGEST, 100, 0
        context.SNDTIMEO = 5000  # milliseconds: after too long a message the connection is gone
        self._created_context = True
        return context

    def start_channels(self, *channels: bool, **options: Any) -> None:
        super().start_channels(
            *channels, **options | {"hb": False}
        )  # the supervisor tells whether a kernel lives

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (timeout or 60)
        while True:
            self.kernel_info()
            with contextlib.suppress(Empty):
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(
                    timeout=0.05
                )  # or else outputs would be missed: ask again
                break
            if not await self._async_is_alive() or time.monotonic() > deadline:
                raise DeadKernelError("The kernel did not start.")
        with contextlib.suppress(Empty):
            while True:
                await self.iopub_channel.get_msg(timeout=0.01)
