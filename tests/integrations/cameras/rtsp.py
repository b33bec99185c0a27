"""A camera that speaks RTSP (RFC 2326) over TCP and sends video as RTP.

MPEG-4 (RFC 6416), as old cameras do, or H.264 in fragments (RFC 6184, FU-A), as most do today.
"""

import re
import socketserver
import struct
import threading
from base64 import b64encode
from contextlib import contextmanager

import av
import numpy as np

SIZE = (96, 128)
MOST_PAYLOAD = 1200
TICKS_HZ = 90_000
DYNAMIC_TYPE = 96


FU_A, FIRST, LAST = 28, 0x80, 0x40
START_CODE = re.compile(rb"\x00\x00\x00?\x01")
CODECS = {"MP4V-ES": "mpeg4", "H264": "libx264", "X-NOBODY": "mpeg4"}


def coded(seconds=2.0, rate=10, codec="mpeg4"):
    """Return the codec's head and the coded pictures of a bar that wanders."""
    context = av.CodecContext.create(codec, "w")
    if codec == "libx264":
        context.options = {"preset": "ultrafast", "tune": "zerolatency"}
    context.width, context.height, context.pix_fmt = SIZE[1], SIZE[0], "yuv420p"
    context.framerate, context.gop_size = rate, 5
    context.flags |= av.codec.context.Flags.global_header
    packets = []
    for n in range(int(seconds * rate)):
        picture = np.full((*SIZE, 3), 90, np.uint8)
        picture[:, 4 * n % 120 : 4 * n % 120 + 8] = 230
        packets += context.encode(av.VideoFrame.from_ndarray(picture, format="bgr24"))
    packets += context.encode(None)
    return bytes(context.extradata), [bytes(packet) for packet in packets]


def units(stream):
    """Return the units (NAL) of an H.264 stream between its start codes (Annex B)."""
    return [unit for unit in START_CODE.split(stream) if unit]


def payloads(picture, form):
    """Return what the packets of one picture carry."""
    if form != "H264":
        return [picture[i : i + MOST_PAYLOAD] for i in range(0, len(picture), MOST_PAYLOAD)]
    found = []
    for unit in units(picture):
        if len(unit) <= MOST_PAYLOAD:
            found.append(unit)
            continue
        parts = [unit[i : i + MOST_PAYLOAD] for i in range(1, len(unit), MOST_PAYLOAD)]
        for n, part in enumerate(parts):
            ends = FIRST * (n == 0) | LAST * (n == len(parts) - 1)
            found.append(bytes([unit[0] & 0xE0 | FU_A, ends | unit[0] & 0x1F]) + part)
    return found


def described(server):
    """Return the line of the description that tells the codec's parameters."""
    if server.form == "H264":
        sets = ",".join(b64encode(unit).decode() for unit in units(server.head))
        return f"packetization-mode=1; sprop-parameter-sets={sets}"
    return f"profile-level-id=1; config={server.head.hex()}"


class Session(socketserver.StreamRequestHandler):
    """One client: it asks, is told, and then gets pictures until the script ends."""

    def handle(self):
        while request := self.rfile.readline().decode():
            verb, address = request.split()[:2]
            heads = {}
            while (line := self.rfile.readline().decode().strip()) != "":
                name, _, value = line.partition(":")
                heads[name.lower()] = value.strip()
            self.server.verbs.append(verb)
            self.answer(verb, address, heads)
            if verb == "PLAY":
                self.play()
                return

    def answer(self, verb, address, heads):
        body, more = "", ""
        if verb == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif verb == "DESCRIBE":
            body = (
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
                f"m=video 0 RTP/AVP {DYNAMIC_TYPE}\r\n"
                f"a=rtpmap:{DYNAMIC_TYPE} {self.server.form}/{TICKS_HZ}\r\n"
                f"a=fmtp:{DYNAMIC_TYPE} {described(self.server)}\r\n"
                "a=control:track1\r\n"
            )
            more = f"Content-Base: {address}/\r\nContent-Type: application/sdp\r\n"
        elif verb == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 7\r\n"
        elif verb == "PLAY":
            more = "Session: 7\r\n"
        self.wfile.write(
            f"RTSP/1.0 200 OK\r\nCSeq: {heads['cseq']}\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    def play(self):
        number = 0
        for n, picture in enumerate(self.server.pictures):
            parts = payloads(picture, self.server.form)
            for part in parts:
                last = FIRST if part is parts[-1] else 0
                head = struct.pack(
                    ">BBHII", 0x80, last | DYNAMIC_TYPE, number & 0xFFFF, n * TICKS_HZ // 10, 1
                )
                packet = head + part
                self.wfile.write(b"$\0" + struct.pack(">H", len(packet)) + packet)
                number += 1
            if self.server.over.wait(0.02):
                return
        if self.server.hangs_up:
            return
        self.server.over.wait(20)  # says nothing more, and does not hang up


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


@contextmanager
def rtsp(*, form="MP4V-ES", hangs_up=False):
    """Run the camera; it sends two seconds of pictures to whoever connects.

    Then it goes silent, or hangs up as one does that is switched off.
    """
    with Server(("127.0.0.1", 0), Session) as server:
        server.head, server.pictures = coded(codec=CODECS[form])
        server.form, server.hangs_up = form, hangs_up
        server.verbs, server.over = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"rtsp://admin:geheim@127.0.0.1:{server.server_address[1]}/ch1", server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
