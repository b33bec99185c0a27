"""Bases as the tests of bases find them: trees of any shape, proofs, notices."""

from datetime import timedelta

from dianliang.domain.venues import trees
from dianliang.domain.venues.models import Matrix, Node, Site
from dianliang.domain.venues.trees import Hung
from dianliang.flows.bases import proving, telling
from dianliang.kernel.actor import Role
from tests.core.test_files import photo
from tests.town import NOON, TODAY

PARTY = Role.PARTY_AFFAIRS


def site(town, code, *, unit="S1", kind="practice_point", **more):
    """Store a base."""
    return Site.objects.create(
        code=code,
        name=f"{code}点",
        kind=kind,
        area=town.areas["V1"],
        unit=town.units[unit] if unit else None,
        lat=30.5,
        lon=119.6,
        **more,
    )


def matrix(town, code="M", *, unit="S1", name=""):
    """Begin a matrix that a unit leads."""
    return Matrix.objects.create(code=code, name=name or f"{code}体系", unit=town.units[unit])


def hang(grown, town, at, parent=None, *, label="", name="", by=None):
    """Hang a base, or a heading by its code, into a matrix; return the node."""
    base = at if isinstance(at, Site) else None
    return trees.hang(
        matrix=grown,
        hung=Hung(
            code=base.code if base else at,
            name=name or (base.name if base else f"{at}组"),
            label=label,
            site=base,
        ),
        parent=parent,
        seen=Matrix.objects.get(pk=grown.pk).revision,
        by=by or town.actor("AJ"),
        at=NOON,
    )


def typed(**changes):
    """A notice as a form holds it."""
    known = {
        "title": "便民服务标准",
        "words": "来有迎声\n问有答声",
        "photo": None,
        "keeps_photo": False,
        "from_on": TODAY - timedelta(days=1),
        "until_on": None,
    }
    return telling.Typed(**{**known, **changes})


def notice(town, *, unit="S1", kind="standard", scope="", is_published=True, **changes):
    """Write a notice of a unit's down, and publish it."""
    by = town.actor(unit, PARTY)
    made = telling.draft(
        kind=kind, unit_code=unit, scope=scope, typed=typed(**changes), by=by, at=NOON
    )
    if is_published:
        telling.move(number=made.number, verb="publish", reason="", by=by, at=NOON)
    return made


def proof(town, code="FW-001", *, unit="S1", item="place", **changes):
    """Show that a base has an item of the standard."""
    given = {
        "paper": None,
        "record": "",
        "words": "桌椅、插座、标识齐全",
        "from_on": None,
        "expires_on": None,
        "by": town.actor(unit, PARTY),
        "at": NOON,
    }
    return proving.give(code=code, item_key=item, **{**given, **changes})


def based(town):
    """One matrix, proof and notice of station S1, for the table of who may open what."""
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    grown = matrix(town, "XL")
    hang(grown, town, Site.objects.get(code="FW-001"))
    shown = proof(town, paper=photo((40, 30)), words="")
    told = notice(town, photo=photo((50, 30)))
    token = told.versions.get().photo.token
    return {
        "matrix": {"matrix": "XL", "verb": "rename_matrix"},
        "base proof": {"proof": shown.number, "verb": "withdraw"},
        "base notice": {"number": told.number, "token": token, "verb": "withdraw"},
    }


def nodes(grown):
    """Return the paths of a matrix by code."""
    return dict(Node.objects.filter(matrix=grown).values_list("code", "path"))
