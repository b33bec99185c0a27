"""The figures of the triage benchmarks are counted as they say."""

from benchmarks.triage import addresses, danger, places, texts


def test_spans_of_labels_begin_and_end_where_the_corpus_says():
    labels = ["B-prov", "I-prov", "B-city", "I-city", "O", "I-road", "B-road", "I-roadno"]

    assert addresses.gold(labels) == {
        (0, 2, "prov"),
        (2, 4, "city"),
        (5, 6, "road"),
        (6, 7, "road"),
        (7, 8, "roadno"),
    }


def test_parts_are_counted_in_tokens_of_several_characters():
    tokens = ["海", "丰", "北", "路", "602", "号"]

    assert addresses.by_rules(tokens) == {(0, 4, "road"), (4, 6, "roadno")}


def test_a_place_found_beside_the_one_wanted_costs_precision():
    right, other = frozenset({"V1"}), frozenset({"V2", "V3"})

    assert places.score(iter([({right}, {right, other}), ({other}, set())])) == (
        "precision 0.500, recall 0.500"
    )


def test_what_is_expected_keeps_ambiguity_together():
    row = {"expected": "章村镇|章村村委会;余村村委会"}
    codes = {"章村镇": "T", "章村村委会": "V", "余村村委会": "Y"}

    assert places.expected(row, codes) == {frozenset({"T", "V"}), frozenset({"Y"})}


def test_shares_are_of_their_own_class():
    rows = [
        {"label": "1", "text": "着火"},
        {"label": "1", "text": "冒烟"},
        {"label": "0", "text": "着火点"},
    ]

    assert danger.shares(lambda text: "着火" in text, rows) == (0.5, 1.0)


def test_every_place_expected_of_a_county_sentence_is_in_the_gazetteer():
    codes = {area.name: area.code for area in texts.county()}

    assert all(
        name in codes
        for row in texts.cases("county.tsv")
        for name in row["expected"].replace(",", "|").replace(";", "|").split("|")
        if name
    )
