"""The bar of the section about appraisals."""

from dianliang.domain.appraisal.access import READERS
from dianliang.faces.console.appraisal.own import DESKS
from dianliang.faces.console.entries import Entry

APPRAISAL = (
    Entry(
        label="任务清单",
        to="console:appraisal_lists",
        pages=(
            *("console:appraisal_list*", "console:appraisal_dut*"),
            *("console:appraisal_person", "console:appraisal_publish"),
        ),
        roles=frozenset(READERS),
    ),
    Entry(
        label="考评与竞赛",
        to="console:appraisal_rounds",
        pages=(
            *("console:appraisal_round*", "console:appraisal_subject*"),
            "console:appraisal_announce",
        ),
        roles=frozenset(READERS),
    ),
    Entry(
        label="考评规则",
        to="console:appraisal_books",
        pages=("console:appraisal_book*", "console:appraisal_begin"),
        roles=frozenset(READERS),
    ),
    Entry(
        label="考评申诉",
        to="console:appraisal_appeals",
        pages=("console:appraisal_appeals", "console:appraisal_decide"),
        roles=frozenset(READERS),
    ),
    Entry(
        label="我的任务",
        to="console:appraisal_mine",
        pages=("console:appraisal_mine",),
        roles=frozenset(DESKS),
    ),
)
"""Task lists, 三管 and contests (考评)."""
