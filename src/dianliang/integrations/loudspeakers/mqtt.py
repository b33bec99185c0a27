"""Warnings by MQTT 3.1.1 at quality of service 1: the broker says that it has each.

The client connects on its own thread and again whenever the connection is lost; the broker learns
of our end by a last will on ``<topic>/status``.
"""

import threading
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from dianliang.integrations.loudspeakers.model import NotHeardError
from dianliang.kernel.phrases import Phrase

TIMEOUT_S = 3.0
KEEP_ALIVE_S = 20
LONGEST_PAUSE_S = 30
AT_LEAST_ONCE = 1


class MqttSpeaker:
    """A topic of a broker; ``{camera}`` in it is the camera's number."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        topic: str,
        user: str | None = None,
        password: str | None = None,
        is_encrypted: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Begin to connect; nothing is waited for here."""
        self._where, self._topic, self._timeout_s = f"{host}:{port}", topic, timeout_s
        self._connected = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        if user is not None:
            self._client.username_pw_set(user, password)
        if is_encrypted:
            self._client.tls_set()
        self._client.will_set(self._status_topic, "offline", AT_LEAST_ONCE, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.reconnect_delay_set(1, LONGEST_PAUSE_S)
        self._client.connect_timeout = timeout_s
        self._client.connect_async(host, port, keepalive=KEEP_ALIVE_S)
        self._client.loop_start()

    @property
    def name(self) -> str:
        """Return broker and topic."""
        return f"{self._where}/{self._topic}"

    def send(self, body: bytes, *, camera_id: str, key: str) -> None:
        """Publish a warning and wait until the broker has it.

        Raises:
            NotHeardError: there is no connection, or the broker did not say so in time.
        """
        del key  # it is in the body; MQTT has no place for it before version 5
        if not self._connected.wait(self._timeout_s):
            raise NotHeardError(Phrase("%(name)s 连不上 MQTT 服务器。", name=self.name))
        topic = self._topic.replace("{camera}", safe(camera_id))
        sent = self._client.publish(topic, body, qos=AT_LEAST_ONCE)
        try:
            sent.wait_for_publish(self._timeout_s)
        except (ValueError, RuntimeError) as error:
            raise NotHeardError(
                Phrase("%(name)s 没有发出预警：%(why)s。", name=self.name, why=str(error))
            ) from error
        if not sent.is_published():
            raise NotHeardError(Phrase("%(name)s 没有确认收到预警。", name=self.name))

    def close(self) -> None:
        """Say goodbye and end the thread."""
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def _status_topic(self) -> str:
        return f"{self._topic.replace('{camera}', 'all')}/status"

    def _on_connect(
        self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if not reason.is_failure:
            client.publish(self._status_topic, "online", AT_LEAST_ONCE, retain=True)
            self._connected.set()

    def _on_disconnect(self, *_: Any) -> None:
        self._connected.clear()


def safe(camera_id: str) -> str:
    """Return a camera's number without what has a meaning in topics."""
    return "".join("_" if c in "/+#\0" else c for c in camera_id)
