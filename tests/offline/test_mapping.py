"""A mapping says what is wrong with it as a person would point at it."""

from __future__ import annotations

import pytest

from escalate.core.status import Status
from escalate.errors import InvalidFile, InvalidMapping, PatternRefused
from escalate.offline import Mapping, PriorityColumn, TierColumn

WHOLE = """
case = "id"
team = "team"
delimiter = ";"
[at]
column = "when"
zone = "Europe/Berlin"
format = "%d.%m.%Y"
in_order = true
[tier]
column = "team"
order = ["N1", "N2"]
[[tier.match]]
pattern = "2$"
tier = "N2"
[[tier.match]]
pattern = ""
tier = "N1"
[priority]
column = "Impact"
words = { Major = "urgent" }
[attributes]
impact = "Impact"
[status]
columns = ["Status", "Sub"]
[status.words]
"Done/Well" = "resolved"
"""


def load(tmp_path, text):
    """Read *text* as the file desk.toml."""
    path = tmp_path / "desk.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Mapping.from_file(path)


def test_a_file_and_python_say_the_same(tmp_path):
    """Whatever a mapping file can say, keywords can say too."""
    assert load(tmp_path, WHOLE) == Mapping(
        case="id",
        at="when",
        zone="Europe/Berlin",
        at_format="%d.%m.%Y",
        status=("Status", "Sub"),
        words={"Done/Well": Status.RESOLVED},
        tier=TierColumn("team", match={"2$": "N2", "": "N1"}, order=("N1", "N2")),
        team="team",
        attributes={"impact": "Impact"},
        priority=PriorityColumn("Impact", {"Major": "urgent"}),
        delimiter=";",
        in_order=True,
    )


def test_the_short_forms_of_a_file(tmp_path):
    """One column of instants or of status needs no table or list."""
    text = 'case = "id"\nat = "when"\n[status]\ncolumns = "state"\n'
    mapping = load(tmp_path, text)
    assert (mapping.at, mapping.status) == ("when", ("state",))


MINIMAL = 'case = "id"\nat = "when"\n'


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (MINIMAL + 'taem = "x"', "taem", "did you mean 'team'"),
        ('case = ""\nat = "when"', "case", "the name of a column"),
        ('case = 7\nat = "when"', "case", "wanted text"),
        ('case = "id"\nat = 7', "at", "a table"),
        (MINIMAL[:12] + '[at]\nin_order = "yes"', r"at\.in_order", "true or false"),
        ('case = "id"\n[at]\ncolum = "when"', "at.colum", "did you mean 'column'"),
        ('case = "id"\n[at]\ncolumn = "w"\nzone = "Mars"', "at.zone", "Europe/Stockholm"),
        ('case = "id"\n[at]\ncolumn = "w"\nzone = "../x"', "at.zone", "Europe/Stockholm"),
        ('case = "id"\n[at]\ncolumn = "w"\nformat = "%Q"', "at.format", "strptime"),
        (MINIMAL + 'status = "state"', "status", "a table"),
        (MINIMAL + "status.columns = [1]", r"status\.columns\[0\]", "wanted text"),
        (MINIMAL + 'status.columns = ["s"]\nstatus.words = ["x"]', r"status\.words", "a table"),
        (
            MINIMAL + 'status.columns = ["s"]\nstatus.words = { Done = "resolvd" }',
            r"status\.words\['Done'\]",
            "did you mean 'resolved'",
        ),
        (MINIMAL + 'status.words = { Done = "closed" }', r"status\.columns", "the columns"),
        (MINIMAL + "[tier]\norder = []", r"tier\.column", "wanted text"),
        (MINIMAL + '[tier]\ncolumn = "t"\norder = "N1"', r"tier\.order", "a list"),
        (MINIMAL + '[tier]\ncolumn = "t"\norder = ["N1", "N1"]', r"tier\.order\[1\]", "once"),
        (MINIMAL + '[tier]\ncolumn = "t"\nmatch = "x"', r"tier\.match", r"\[\[tier\.match\]\]"),
        (
            MINIMAL + '[tier]\ncolumn = "t"\nmatch = [{ patern = "x", tier = "N1" }]',
            r"tier\.match\[0\]\.patern",
            "did you mean 'pattern'",
        ),
        (
            MINIMAL + '[tier]\ncolumn = "t"\norder = ["N1"]\nmatch = [{pattern="x", tier="N9"}]',
            r"tier\.match\[0\]\.tier",
            "a tier of tier.order; known: N1",
        ),
        (
            MINIMAL + '[tier]\ncolumn = "t"\nmatch = [{ pattern = "x", tier = "" }]',
            r"tier\.match\[0\]\.tier",
            "the name of a tier",
        ),
        (MINIMAL + "attributes = 1", "attributes", "a table"),
        (MINIMAL + "attributes = { impact = 1 }", r"attributes\.impact", "wanted text"),
        (MINIMAL + 'priority = "p"', "priority", "a table"),
        (MINIMAL + "[priority]\nwords = {}", r"priority\.column", "wanted text"),
        (MINIMAL + '[priority]\ncolumn = ""', r"priority\.column", "the name of a column"),
        (
            MINIMAL + '[priority]\ncolumn = "p"\nword = {}',
            r"priority\.word",
            "did you mean 'words'",
        ),
        (
            MINIMAL + '[priority]\ncolumn = "p"\nwords = { Major = 1 }',
            r"priority\.words\['Major'\]",
            "wanted text",
        ),
        (
            MINIMAL + '[priority]\ncolumn = "p"\nwords = { Major = "" }',
            r"priority\.words\['Major'\]",
            "a priority of the policy",
        ),
        (MINIMAL + 'delimiter = ", "', "delimiter", "one character"),
    ],
)
def test_an_error_names_the_file_the_place_and_what_would_work(tmp_path, text, place, message):
    """A mistake in a mapping file is found without reading our code."""
    with pytest.raises(InvalidMapping, match=rf"(?s)^desk\.toml: {place}: got .*{message}"):
        load(tmp_path, text)


def test_a_pattern_that_could_run_away_is_named(tmp_path):
    """Which of the patterns was refused is told."""
    text = MINIMAL + '[tier]\ncolumn = "t"\nmatch = [{ pattern = "(a+)+", tier = "N1" }]'
    with pytest.raises(PatternRefused, match=r"^desk\.toml: tier\.match\[0\]\.pattern: "):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("case = ", "TOML"),
        (b"\xff", "UTF-8"),
        (b"#" * 1_000_001, "more than 1 MB"),
        (b"case = " + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_mapping(tmp_path, content, message):
    """A file that is no TOML is refused in plain words."""
    with pytest.raises(InvalidFile, match=rf"^desk\.toml(:1)?: got .*{message}"):
        load(tmp_path, content)
