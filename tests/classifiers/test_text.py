from __future__ import annotations

import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate import Tier
from escalate.classifiers import TextClassifier, ticket_of
from escalate.classifiers.text.lanes import ArrayRows, Lanes, PackedRows
from escalate.classifiers.text.training import Training, learn, shares_of
from escalate.classifiers.text.vocabulary import ONE, Vocabulary
from escalate.errors import BadInput

TIERS = [Tier("N1"), Tier("N2"), Tier("N3")]
TEXTS = {
    "password": ["forgot my password", "reset the password please", "password expired"],
    "invoice": ["the invoice is wrong", "tax on my invoice", "invoice for March"],
    "crash": ["it crashes on export", "crash after the update", "export crashes again"],
}
TIERS_OF = {"password": "N1", "invoice": "N2", "crash": "N3"}
STRANGE = ["nice weather today", "who won the match", "tell me a joke"]


def taught(*, strange=False, **settings) -> TextClassifier:
    """Return one that has learned a few texts."""
    rows = [(text, label) for label, texts in TEXTS.items() for text in texts]
    rows += [(text, None) for text in STRANGE] if strange else []
    tickets = [ticket_of(text) for text, _ in rows]
    classifier = TextClassifier(**{"tiers_of": TIERS_OF, "rare": 1, "epochs": 20, **settings})
    return classifier.fit(tickets, [label for _, label in rows])


def said(classifier, text, tiers=TIERS):
    """Return the verdict on a text."""
    return classifier.classify(ticket_of(text), tiers)


class TestLabels:
    def test_request_type_and_tier_come_from_one_model(self):
        """It says what a ticket is about, and which tier that belongs to."""
        classifier = taught()
        verdict = said(classifier, "my password, please")
        assert classifier.request_type(ticket_of("my password, please"))[0] == "password"
        assert (verdict.tier, verdict.meaning) == ("N1", "probability")

    def test_a_tier_has_the_share_of_all_its_labels(self):
        """Two request types of one tier speak for it together."""
        one = taught(tiers_of={"password": "N1", "invoice": "N1", "crash": "N2"})
        shares = one.label_shares(ticket_of("the invoice password"))
        verdict = said(one, "the invoice password")
        assert verdict.scores["N1"] == pytest.approx(shares["password"] + shares["invoice"])
        assert verdict.scores["N3"] == 0

    def test_a_tier_that_is_not_there_is_no_verdict(self):
        """Under a policy without the tier that it means it abstains."""
        verdict = said(taught(), "crash on export", TIERS[:2])
        assert verdict.reason == "it says N3, which is no tier here"

    def test_says_which_words_spoke(self):
        """The reason is a word that it has learned, as people read it."""
        assert said(taught(), "my password").why[0][0] == "password"


class TestDoubt:
    def test_a_text_without_a_known_word_gets_no_verdict(self):
        """It does not guess from nothing."""
        assert said(taught(), "ωχ").reason == "no word that it knows"

    def test_what_belongs_nowhere_is_learned_too(self):
        """Examples with the label None teach it what it should leave to a person."""
        classifier = taught(strange=True)
        assert said(classifier, "a joke about the weather").reason == "unlike what it has learned"
        assert classifier.request_type(ticket_of("a joke about the weather")) is None
        assert said(classifier, "password expired").tier == "N1"
        mixed = ticket_of("who won the match, the invoice joke")
        assert classifier.familiarity(mixed) < 0 < taught().familiarity(mixed)

    @pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
    def test_answers_for_the_share_that_was_asked_for(self, share):
        """The bound is set so that this share of known tickets is answered."""
        tickets = [
            ticket_of(text) for text in ("password", "tax invoice", "it crashes", "my export")
        ]
        classifier = taught(strange=True).knowing(tickets, share)
        answered = [classifier.classify(ticket, TIERS).tier for ticket in tickets]
        assert sum(tier is not None for tier in answered) == share * len(tickets)

    def test_a_word_among_strangers_speaks_softly(self):
        """One known word in a text of unknown ones is no ground to be sure."""
        classifier = taught()
        lost = "ogni parola qui è sconosciuta invoice e nessuno la conosce davvero"
        assert said(classifier, lost).confidence < 0.8 < said(classifier, "the invoice").confidence


class TestLearning:
    @pytest.mark.parametrize(
        ("labels", "wanted"),
        [
            (["password"], "a label for each"),
            (["password", "password"], "two labels"),
            (["password", "pasword"], "did you mean 'password'"),
            (["password", 3], "a word"),
        ],
    )
    def test_examples_that_cannot_be_learned_are_refused(self, labels, wanted):
        """Too few labels, one alone, one without a tier, or no word: the error says which."""
        with pytest.raises(BadInput, match=wanted):
            TextClassifier(tiers_of=TIERS_OF).fit([ticket_of("a"), ticket_of("b")], labels)

    @pytest.mark.parametrize(
        "setting", [{"epochs": 0}, {"rate": float("nan")}, {"rare": 0}, {"rate": "fast"}]
    )
    def test_settings_out_of_bounds_are_refused(self, setting):
        """An error names the setting and its bounds."""
        with pytest.raises(BadInput, match=f"TextClassifier.{next(iter(setting))}"):
            TextClassifier(**setting)

    def test_another_hash_seed_learns_the_same(self):
        """Weights do not depend on the process that learned them."""
        code = "from tests.classifiers.test_text import taught; print(taught(fast=False).version)"
        versions = {
            subprocess.run(
                [sys.executable, "-c", code],
                env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for seed in ("1", "2")
        }
        assert versions == {taught().version}

    def test_another_seed_learns_otherwise(self):
        """The seed is the order in which examples are looked at."""
        assert taught(seed=1).version != taught(seed=2).version

    @settings(max_examples=25)
    @given(
        st.lists(st.tuples(st.text("abc 密码", max_size=12), st.sampled_from("xyz")), min_size=1),
        st.integers(0, 9),
    )
    def test_numpy_changes_nothing(self, rows, seed):
        """With numpy and without, every weight is the same, and so is every verdict."""
        rows = [*rows, ("a", "x"), ("b", "y")]
        tickets, labels = [ticket_of(text) for text, _ in rows], [label for _, label in rows]
        plain, fast = (
            TextClassifier(rare=1, seed=seed, fast=fast).fit(tickets, labels)
            for fast in (False, True)
        )
        assert plain.model == fast.model
        assert plain.version == fast.version


ROWS = st.lists(
    st.lists(st.integers(-(2**30), 2**30), min_size=3, max_size=3), min_size=1, max_size=6
)


class TestLanes:
    @given(ROWS, st.data())
    def test_sums_of_rows_are_sums_of_their_numbers(self, rows, data):
        """One long integer adds and multiplies all its numbers, negative ones too, and none spills over."""
        lanes = Lanes(3)
        factors = data.draw(st.lists(st.integers(0, ONE), min_size=len(rows), max_size=len(rows)))
        total = sum(lanes.pack(row) * factor for row, factor in zip(rows, factors, strict=True))
        columns = zip(*rows, strict=True)
        expected = [sum(n * f for n, f in zip(column, factors, strict=True)) for column in columns]
        assert lanes.unpack(total) == expected

    @given(st.data())
    def test_rows_in_python_and_in_numpy_agree(self, data):
        """Whatever is learned in whatever order, both hold the same numbers."""
        plain, fast = PackedRows(4, 3), ArrayRows(4, 3)
        for _ in range(data.draw(st.integers(1, 8))):
            numbers = data.draw(st.lists(st.integers(0, 3), unique=True, max_size=4))
            weights = [data.draw(st.integers(0, ONE)) for _ in numbers]
            by = data.draw(st.lists(st.integers(-(2**23), 2**23), min_size=3, max_size=3))
            for rows in (plain, fast):
                rows.lower(numbers, weights, by)
            assert plain.sums(numbers, weights) == fast.sums(numbers, weights)
        assert [plain.row(n) for n in range(4)] == [fast.row(n) for n in range(4)]

    def test_learning_follows_the_slope(self):
        """One step moves the weights by what plain softmax regression would, to the last bit but a few."""
        rows = PackedRows(2, 3)
        unit = learn(
            [([0, 1], [ONE, ONE // 2])], [2], rows, Training(epochs=1, rate=0.5, fast=False)
        )
        expected = [0.5 * weight * move for weight in (1, 0.5) for move in (-1 / 3, -1 / 3, 2 / 3)]
        assert [each / unit for n in (0, 1) for each in rows.row(n)] == pytest.approx(
            expected, abs=1e-5
        )

    @given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=5))
    def test_shares_add_up(self, evidence):
        """However strong the evidence, shares are shares."""
        shares = shares_of(evidence)
        assert sum(shares) == pytest.approx(1)
        assert all(0 <= share <= 1 for share in shares)


class TestVocabulary:
    @given(st.lists(st.text("ab 密", max_size=15), min_size=1), st.text("abc 密", max_size=15))
    def test_no_text_is_longer_than_one(self, texts, text):
        """A text that is known whole has length 1, one with strangers in it less; none is louder."""
        from escalate.classifiers.text.grams import grams_of

        vocabulary = Vocabulary.of([grams_of(each) for each in texts], 1)
        numbers, weights = vocabulary.vector(text)
        assert len(set(numbers)) == len(numbers) == len(weights)
        assert sum(weight**2 for weight in weights) <= (1.01 * ONE) ** 2


class TestFile:
    def test_a_saved_one_comes_back(self, tmp_path):
        """It gives the same verdicts, and saving it again gives the same bytes."""
        one = taught(strange=True, name="mine", least_familiar=-0.25)
        one.save(tmp_path / "one")
        back = TextClassifier.load(tmp_path / "one")
        back.save(tmp_path / "two")
        assert back == one
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

    @given(st.data())
    @settings(max_examples=60)
    def test_a_damaged_one_is_refused_or_whole(self, tmp_path_factory, data):
        """Cut off or with a byte changed, it is refused by an error, or nothing is lost."""
        path = tmp_path_factory.getbasetemp() / "model"
        one = taught(epochs=1)
        one.save(path)
        raw = bytearray(path.read_bytes())
        if data.draw(st.booleans()):
            raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
        else:
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(raw)
        with suppress(BadInput):  # a few bits of a compressed file mean nothing
            assert TextClassifier.load(path) == one

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"escalate-text 1\n",
            b"escalate-text 2\n",
            b"escalate-text 1\n" + zlib.compress(b"\x02\0\0\0{}"),
        ],
    )
    def test_a_file_of_something_else_is_refused(self, tmp_path, content):
        """A wrong file is an error that says what it should be, not a traceback from within."""
        (tmp_path / "model").write_bytes(content)
        with pytest.raises(BadInput, match=r"TextClassifier\.save"):
            TextClassifier.load(tmp_path / "model")

    def test_an_unfitted_one_has_nothing_to_keep(self, tmp_path):
        """Saving before learning is an error, not an empty file."""
        with pytest.raises(BadInput, match="a fitted classifier"):
            TextClassifier().save(tmp_path / "model")
        assert said(TextClassifier(), "password").reason == "not fitted"
