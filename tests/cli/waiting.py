"""Wait for a server that was just started."""

import time
from urllib.error import URLError
from urllib.request import urlopen


def answers(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz/ready", timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def until_ready(port, process, within=180.0):
    began = time.monotonic()
    while not answers(port):
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() - began < within
        time.sleep(0.1)
