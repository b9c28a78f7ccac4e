"""The PyPI package `websockets` on asyncio as a sink: it takes every message and throws it away."""

import asyncio
import json
import os
import resource
import signal
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


async def take(connection):
    try:
        while True:
            await connection.recv(decode=False)
    except ConnectionClosed:
        pass


async def main():
    async with serve(
        take, "127.0.0.1", 0, subprotocols=["json"], compression=None, ping_interval=None, backlog=4096,
        select_subprotocol=lambda _, offered: "json" if "json" in offered else None,
    ) as server:
        address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        ready = {"event": "ready", "ingest": address, "http": address, "workers": 0, "pid": os.getpid()}
        print(json.dumps(ready), file=sys.stderr, flush=True)
        over = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
        await over.wait()
        server.close(close_connections=False)
        os._exit(0)


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
asyncio.run(main())
