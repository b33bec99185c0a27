"""Settings, URLs and the WSGI entry: wiring only."""

import sqlite3
import sys

SAFE_SQLITE = (3, 51, 3)
"""First version without the WAL-reset corruption."""

if sqlite3.sqlite_version_info < SAFE_SQLITE:
    try:
        import pysqlite3
    except ImportError:  # no wheel for this platform: `dianliang doctor` says so
        pass
    else:
        if pysqlite3.sqlite_version_info > sqlite3.sqlite_version_info:
            sys.modules["sqlite3"] = pysqlite3
            sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
