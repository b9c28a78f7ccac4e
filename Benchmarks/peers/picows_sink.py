"""The PyPI package `picows` on uvloop as a sink: it takes every frame and throws it away."""

import asyncio
import json
import os
import resource
import signal
import sys

import uvloop
from picows import WSListener, WSMsgType, ws_create_server


class Sink(WSListener):
    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()


async def main():
    server = await ws_create_server(lambda _: Sink(), "127.0.0.1", 0, backlog=4096)
    address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
    ready = {"event": "ready", "ingest": address, "http": address, "workers": 0, "pid": os.getpid()}
    print(json.dumps(ready), file=sys.stderr, flush=True)
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await over.wait()
    os._exit(0)


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
uvloop.install()
asyncio.run(main())
