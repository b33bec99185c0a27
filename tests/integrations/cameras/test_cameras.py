"""Films, folders and cameras: what is broken is said in words and never stops another one."""

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.integrations.cameras import (
    Feed,
    NoticeKind,
    Taken,
    UnreadableSourceError,
    follow,
    frames,
    source_of,
)
from dianliang.integrations.cameras.webcams import pictures
from tests.integrations.cameras.rtsp import rtsp

SIZE = (96, 128)


def film(path, *, seconds=2.0, rate=10):
    """Write a film with a bar that wanders."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = SIZE[1], SIZE[0], "yuv420p"
        for n in range(int(seconds * rate)):
            picture = np.full((*SIZE, 3), 90, np.uint8)
            picture[:, 4 * n % 120 : 4 * n % 120 + 8] = 230
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "sound.mp4")


@pytest.mark.parametrize(
    ("rate_hz", "clock_hz", "expected"),
    [(5.0, None, 10), (50.0, None, 20), (5.0, 5.0, 20), (2.5, 5.0, 10)],
    ids=["every other", "all there are", "the film's own rate is wrong", "both"],
)
def test_as_many_pictures_a_second_as_asked_by_the_true_clock(sound, rate_hz, clock_hz, expected):
    source = source_of(str(sound), rate_hz=rate_hz, clock_hz=clock_hz, starts_at_s=100.0)
    times = [frame.at_s for frame in frames(source)]

    assert len(times) == expected
    assert times[0] == pytest.approx(100.0)
    assert np.diff(times) == pytest.approx(1 / min(rate_hz, clock_hz or 10.0), abs=1e-6)


def test_a_folder_of_pictures_goes_by_name_and_leaves_out_what_is_broken(tmp_path):
    for n in (2, 10, 1):
        cv2.imwrite(str(tmp_path / f"{n:03d}.png"), np.full((*SIZE, 3), n, np.uint8))
    (tmp_path / "005.png").write_bytes(b"\x89PNG but no picture")
    (tmp_path / "006.jpg").write_bytes(b"")
    taken = list(frames(source_of(str(tmp_path), rate_hz=2.0)))

    assert [int(frame.picture[0, 0, 0]) for frame in taken] == [1, 2, 10]


def test_what_is_no_source_is_refused_without_telling_the_password(tmp_path):
    with pytest.raises(UnreadableSourceError, match="不是文件、目录"):
        source_of(str(tmp_path / "none.mp4"))
    with pytest.raises(UnreadableSourceError) as refused:
        source_of("rtmp://admin:geheim@10.0.0.8/ch1")
    assert "geheim" not in refused.value.message


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300)
    | st.builds("{}://{}".format, st.sampled_from(["rtsp", "http", "rtmp"]), st.text(max_size=40))
)
def test_no_text_is_more_than_an_unreadable_source(text):
    with suppress(UnreadableSourceError):
        assert source_of(text).address == text


@pytest.mark.enable_socket
def test_a_typed_address_leads_not_to_this_computer_and_ports_look_alike(camera):
    words = set()
    for address in (f"{camera}/mjpeg", "http://127.0.0.1:9/x", "http://169.254.169.254/x"):
        with pytest.raises(UnreadableSourceError) as refused:
            next(frames(source_of(address, is_typed=True)))
        words.add(refused.value.message.partition("…")[2])
    for address in (f"{camera}/none", "http://127.0.0.1:9/x"):
        with pytest.raises(UnreadableSourceError) as refused:
            next(frames(source_of(address)))
        words.add(refused.value.message.partition("…")[2])

    assert words == {" 连不上或没有画面。"}


@pytest.mark.enable_socket
def test_a_camera_cannot_send_the_decoder_elsewhere(camera):
    assert next(frames(source_of(f"{camera}/mjpeg"))).at_s is None
    for path in ("elsewhere", "playlist.m3u8"):
        with pytest.raises(UnreadableSourceError, match="连不上"):
            next(frames(source_of(f"{camera}/{path}")))
    assert Camera.asked == ["/mjpeg"]


def damaged(path, content, way):
    """Return a film that somebody has broken in some way."""
    data, rng = bytearray(content), np.random.default_rng(way)
    if way == 0:
        del data[len(data) // 3 :]
    elif way == 1:
        data = bytearray(rng.integers(0, 256, 4000, dtype=np.uint8).tobytes())
    else:
        for at in rng.integers(40, len(data), 60):
            data[at] = int(rng.integers(256))
    path.write_bytes(data)
    return path


def test_broken_films_end_in_words_and_the_sound_one_is_read_to_its_end(tmp_path, sound):
    broken = [damaged(tmp_path / f"{way}.mp4", sound.read_bytes(), way) for way in range(3)]
    feeds = [Feed(path.stem, source_of(str(path), rate_hz=10.0)) for path in [*broken, sound]]
    taken, notices = {}, {}
    for told in follow(feeds):
        if isinstance(told, Taken):
            taken[told.camera_id] = taken.get(told.camera_id, 0) + 1
        else:
            notices[told.camera_id] = told

    assert taken["sound"] == 20
    assert notices["sound"].kind is NoticeKind.ENDED
    assert set(notices) == {"0", "1", "2", "sound"}
    assert notices["1"].kind is NoticeKind.BROKEN
    assert "读不了" in notices["1"].words


def test_a_process_that_dies_is_told_and_the_others_go_on(tmp_path, sound):
    feeds = [Feed(name, source_of(str(sound), rate_hz=10.0)) for name in ("dies", "lives")]
    taken, notices = {"dies": 0, "lives": 0}, {}
    for told in follow(feeds):
        if isinstance(told, Taken):
            taken[told.camera_id] += 1
            if told.camera_id == "dies" and feeds[0]._process is not None:
                feeds[0]._process.kill()
        else:
            notices[told.camera_id] = told.kind

    assert taken["lives"] == 20
    assert taken["dies"] < 20
    assert notices == {"dies": NoticeKind.BROKEN, "lives": NoticeKind.ENDED}


class Camera(BaseHTTPRequestHandler):
    """An MJPEG camera that sends a few pictures and then hangs up, or says nothing at all."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/mjpeg")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/none" else 200)
        if self.path == "/playlist.m3u8":
            self.send_header("Content-Type", "application/vnd.apple.mpegurl")
            self.end_headers()
            self.wfile.write(b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/segment.ts\n")
            return
        self.server.asked.append(self.path)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=x")
        self.end_headers()
        if self.path == "/silent":
            self.server.over.wait(20)
            return
        for n in range(6):
            done, jpeg = cv2.imencode(".jpg", np.full((*SIZE, 3), 40 * n, np.uint8))
            assert done
            head = f"--x\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            self.wfile.write(head.encode() + jpeg.tobytes() + b"\r\n")

    def log_message(self, *args):
        pass


@pytest.fixture
def camera():
    server = HTTPServer(("127.0.0.1", 0), Camera)
    server.over, server.asked = threading.Event(), []
    Camera.asked = server.asked
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.enable_socket
def test_a_camera_that_hangs_up_is_opened_again_later_and_later(camera):
    feed, pauses, pictures = Feed("C", source_of(f"{camera}/mjpeg", rate_hz=30.0)), [], 0
    for told in follow([feed]):
        if isinstance(told, Taken):
            pictures += 1
            assert told.at_s is None
        else:
            pauses.append(told.again_in_s)
            if len(pauses) == 2:
                break

    assert pauses == [1.0, 2.0]
    assert pictures >= 2


@pytest.mark.enable_socket
def test_a_camera_that_says_nothing_is_let_go(camera):
    feed = Feed("C", source_of(f"{camera}/silent"), stall_s=1.0)

    assert next(follow([feed])).kind is NoticeKind.STALLED


@pytest.mark.enable_socket
def test_a_camera_by_rtsp_that_falls_silent_is_opened_again():
    with rtsp() as (address, server):
        feed, seen = Feed("C", source_of(address, rate_hz=10.0), stall_s=6.0), []
        for told in follow([feed]):
            seen.append("picture" if isinstance(told, Taken) else told.kind)
            if isinstance(told, Taken):
                assert (told.picture.shape, told.at_s) == ((*SIZE, 3), None)
            if "stalled" in seen and seen[-1] == "picture":
                break

    assert set(seen) == {"picture", NoticeKind.STALLED}
    assert seen[0] == "picture"
    assert server.verbs[:4] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]


@pytest.mark.enable_socket
def test_a_camera_that_sends_h264_and_is_switched_off_and_on_is_watched_again():
    with rtsp(form="H264", hangs_up=True) as (address, server):
        feed, seen, words = Feed("C", source_of(address, rate_hz=10.0)), [], []
        for told in follow([feed]):
            is_picture = isinstance(told, Taken)
            seen.append("picture" if is_picture else told.kind)
            words += [] if is_picture else [told.words]
            if is_picture:
                # The bar is as bright as it was drawn: fragments were put together in order.
                assert told.picture.shape == (*SIZE, 3)
                assert told.picture.max() > 200
                assert told.picture.min() > 60
            if "picture" in seen and seen[-1] == "picture" and len(set(seen)) > 1:
                break

    assert set(seen) <= {"picture", NoticeKind.ENDED, NoticeKind.BROKEN}
    assert server.verbs.count("PLAY") == 2
    assert not any("geheim" in one or "admin" in one for one in words)


@pytest.mark.enable_socket
def test_a_camera_whose_codec_nobody_knows_is_refused_in_words():
    with (
        rtsp(form="X-NOBODY") as (address, _),
        pytest.raises(UnreadableSourceError, match="编码") as refused,
    ):
        list(frames(source_of(address)))

    assert "geheim" not in refused.value.message


def test_a_camera_plugged_in_is_live_and_its_pictures_come_at_the_asked_pace(sound):
    source = source_of("webcam:0", rate_hz=5.0)
    assert source.is_live
    assert all(source_of(f"webcam:{n}").is_live for n in (1, 12))

    whole = list(pictures(str(sound), rate_hz=1e6))
    assert len(whole) == 20
    assert whole[0].shape == (*SIZE, 3)
    assert len(list(pictures(str(sound), rate_hz=0.01))) == 1, "the others are not unpacked"


def test_one_that_is_not_there_is_told_and_tried_again_and_stops_no_other(sound):
    feeds = [Feed("gone", source_of("webcam:99")), Feed("film", source_of(str(sound)))]
    told, taken = [], 0
    for one in follow(feeds):
        taken += isinstance(one, Taken)
        told += [one] if not isinstance(one, Taken) else []
        if {notice.camera_id for notice in told} == {"gone", "film"}:
            break

    by_camera = {notice.camera_id: notice for notice in told}
    assert taken == 10
    assert by_camera["gone"].kind is NoticeKind.BROKEN
    assert by_camera["gone"].again_in_s is not None
    assert "插好没有" in by_camera["gone"].words


def test_a_page_cannot_name_a_camera_of_this_computer():
    with pytest.raises(UnreadableSourceError):
        source_of("webcam:0", is_typed=True)
    for odd in ("webcam:", "webcam:100", "webcam:0 ", "webcam:0/x"):
        with pytest.raises(UnreadableSourceError):
            source_of(odd)
