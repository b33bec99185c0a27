"""Warnings to what speaks or switches at the place: loudspeakers and relays by HTTP and MQTT."""

from dianliang.integrations.loudspeakers.http import HttpSpeaker
from dianliang.integrations.loudspeakers.model import NotHeardError, Speaker
from dianliang.integrations.loudspeakers.mqtt import MqttSpeaker
from dianliang.integrations.loudspeakers.outlet import Failed, Outlet, Pace

__all__ = ["Failed", "HttpSpeaker", "MqttSpeaker", "NotHeardError", "Outlet", "Pace", "Speaker"]
