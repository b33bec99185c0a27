"""See who stays under a line, and say so in time (线路守护): pictures in, warnings out.

`Watch` takes the pictures of one camera and answers with events, warnings and what is wrong with
the camera; `cover` hides every head before a picture may be kept. No clock, no files, no network:
detector, pictures and times are handed in. Nobody is ever identified.
"""

from dianliang.engines.vision._background import Background, comparisons, middle
from dianliang.engines.vision._covering import LEAST_SCORE, Covered, band, cover
from dianliang.engines.vision._dwell import Stay, Stays, Told
from dianliang.engines.vision._events import Event, EventKind, Reason, event
from dianliang.engines.vision._health import BLIND, Finding, Health, Trouble, small
from dianliang.engines.vision._identities import Track
from dianliang.engines.vision._model import (
    NOBODY,
    Box,
    Boxes,
    Detections,
    Detector,
    Gray,
    Picture,
    Point,
    SwiftDetector,
    Zone,
    ZoneKind,
)
from dianliang.engines.vision._motion import MotionGate
from dianliang.engines.vision._rods import RodEvidence, judged, strength
from dianliang.engines.vision._rules import (
    Camera,
    DetectionRules,
    DwellRules,
    HealthRules,
    RodRules,
    TrackingRules,
    WarningRules,
)
from dianliang.engines.vision._tracking import Tracker, overlap
from dianliang.engines.vision._validate import InvalidCameraError, validate
from dianliang.engines.vision._warning import Level, Warned, Warner
from dianliang.engines.vision._watch import Step, Watch, looked_at
from dianliang.engines.vision._zones import Window, guarded, holds, standing, window

__all__ = [
    "BLIND",
    "LEAST_SCORE",
    "NOBODY",
    "Background",
    "Box",
    "Boxes",
    "Camera",
    "Covered",
    "DetectionRules",
    "Detections",
    "Detector",
    "DwellRules",
    "Event",
    "EventKind",
    "Finding",
    "Gray",
    "Health",
    "HealthRules",
    "InvalidCameraError",
    "Level",
    "MotionGate",
    "Picture",
    "Point",
    "Reason",
    "RodEvidence",
    "RodRules",
    "Stay",
    "Stays",
    "Step",
    "SwiftDetector",
    "Told",
    "Track",
    "Tracker",
    "TrackingRules",
    "Trouble",
    "Warned",
    "Warner",
    "WarningRules",
    "Watch",
    "Window",
    "Zone",
    "ZoneKind",
    "band",
    "comparisons",
    "cover",
    "event",
    "guarded",
    "holds",
    "judged",
    "looked_at",
    "middle",
    "overlap",
    "small",
    "standing",
    "strength",
    "validate",
    "window",
]
