"""Say what the next season may bring a transformer: quantiles of its daily peaks, chances.

`forecast` takes the past seasons of all transformers with the machines that were registered, and
learns how wide its intervals must be by holding out each season in turn; `scores` are what a
forecast is judged by.
"""

from dianliang.engines.forecasting._forecast import (
    ASSUMED_SPREAD,
    InvalidHistoryError,
    forecast,
    problems,
)
from dianliang.engines.forecasting._model import LEVELS, Forecast, History, Ints, Outlook, Season
from dianliang.engines.forecasting._scores import coverage, pinball

__all__ = [
    "ASSUMED_SPREAD",
    "LEVELS",
    "Forecast",
    "History",
    "Ints",
    "InvalidHistoryError",
    "Outlook",
    "Season",
    "coverage",
    "forecast",
    "pinball",
    "problems",
]
