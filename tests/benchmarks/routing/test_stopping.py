"""The web's way to stop early beside the whole time."""

from benchmarks.routing.stopping import main, patience


def test_a_small_day_stops_early_without_loss_and_says_so(capsys):
    main(["--jobs", "6", "--seconds", "1", "--seeds", "1"])

    day, summary = capsys.readouterr().out.splitlines()
    assert "early" in day
    assert summary == "stopped early: mean +0.00%, worst +0.00%"


def test_the_web_waits_longer_where_there_is_more_to_do():
    assert patience(300) > patience(30) > patience(1) > 0
