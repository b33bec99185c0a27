"""The same person seen twice becomes one: every key to a person has its way.

A new key to a person fails here until somebody has decided: a fold puts two records together, or
the record simply follows the person who is kept.
"""

from dianliang.domain.workforce.merging import _relations

FOLDED = {
    "appraisal.Duty.person",
    "honours.Nominee.person",
    "honours.Voter.person",
    "talks.TalkReader.person",
    "voices.Handler.person",
    "branches.Attachment.person",
    "branches.Belonging.person",
    "hours.HourRecord.person",
    "mobilisation.TrackPoint.person",
    "mobilisation.Whereabouts.person",
    "ledger.Award.person",
    "programs.Enrolment.person",
    "programs.Lecturer.person",
    "programs.Participation.person",
    "programs.PersonalLink.person",
    "programs.PresenceDuty.person",
    "programs.Signup.person",
    "programs.Target.person",
    "programs.Volunteer.person",
    "rosters.Swap.giver",
    "rosters.Swap.taker",
    "rosters.Turn.person",
    "workforce.Absence.person",
    "workforce.Attendance.person",
    "workforce.Attendance.replaces",
    "workforce.Certificate.person",
    "workforce.GridWorker.person",
    "workforce.Guardian.person",
    "workforce.Membership.person",
    "workforce.NotTheSame.first",
    "workforce.NotTheSame.second",
    "workforce.PersonRole.person",
    "workforce.WeeklySlot.person",
}
"""Where two records may be of one thing: `flows.staffing.merging.folds` puts them together."""
FOLLOWS = {
    "appraisal.Standing.person",
    "honours.Honour.person",
    "talks.Talk.leader",
    "talks.Talk.person",
    "voices.Voice.handler",
    "branches.Meeting.chair",
    "branches.Posting.person",
    "branches.Secondment.person",
    "branches.Task.person",
    "branches.TopicAction.person",
    "branches.TopicLead.person",
    "grid_projects.Issue.reporter",
    "grid_projects.Member.person",
    "hours.ServiceCertificate.person",
    "incidents.Incident.commander",
    "incidents.OperationalPeriod.commander",
    "intake.Need.handler",
    "ledger.Appeal.decided_person",
    "ledger.Award.decided_person",
    "ledger.Redemption.by_person",
    "ledger.Redemption.person",
    "mobilisation.Lesson.owner",
    "safety.Inspection.done_by",
    "work.Visit.done_by",
    "workforce.Charge.person",
    "workforce.PersonMerge.person",
}
"""Where each record is a thing of its own: it goes over as it is."""


def keys():
    """Yield every key to a person but those of plain lists, where being there twice is once."""
    for model, name in _relations():
        if not model._meta.auto_created:
            yield model, name


def test_every_key_to_a_person_has_its_way_when_two_become_one():
    found = {f"{model._meta.label}.{name}" for model, name in keys()}

    assert found - FOLDED - FOLLOWS == set(), "decide: a fold, or does it simply follow?"
    assert (FOLDED | FOLLOWS) - found == set(), "gone from the database"


def test_what_simply_follows_may_be_there_as_often_as_it_likes():
    for model, name in keys():
        if f"{model._meta.label}.{name}" not in FOLLOWS:
            continue
        unique = [c.fields for c in model._meta.constraints if hasattr(c, "fields")]
        assert not model._meta.get_field(name).unique, model
        assert not any(name in fields for fields in unique), model
