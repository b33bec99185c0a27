"""Find persons with the weights that lie beside this file, and keep pictures without faces."""

from dianliang.integrations.detecting.keeping import keep_clip, keep_snapshot
from dianliang.integrations.detecting.nanodet import NanoDet, UnableToDetectError

__all__ = ["NanoDet", "UnableToDetectError", "keep_clip", "keep_snapshot"]
