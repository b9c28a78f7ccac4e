"""The control socket of a server, asked without starting a program each time (docs/protocol.md)."""

import json
import socket

PATIENCE_SECONDS = 60


class Operator:
    """Asks one question a connection."""

    def __init__(self, path):
        self.path = str(path)

    def ask(self, request):
        """What was answered: items as (kind, value), and how it ended: 0, or a status as `ctl` ends with."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.connect(self.path)
            lines = connection.makefile("rwb")
            lines.write(request.encode() + b"\n")
            lines.flush()
            items = []
            for line in lines:
                answer = json.loads(line)
                if "done" in answer:
                    return items, 0
                if "error" in answer:
                    return items + [("error", answer["error"])], answer["status"]
                items += [item for item in answer.items() if "pointerscope" not in answer]
        raise RuntimeError(f"the server ended in the middle of its answer to {request}")

    def status(self):
        """How the server is."""
        return dict(self.ask("status")[0])["status"]

    def workers(self):
        """Processes and states of workers."""
        return [(value["pid"], value["state"]) for kind, value in self.ask("workers")[0] if kind == "worker"]
