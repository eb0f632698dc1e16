from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import Tier
from escalate.classifiers import KeywordClassifier, ticket_of
from escalate.classifiers.folding import folded, words_of
from escalate.errors import BadInput

TIERS = [Tier("N1"), Tier("N2"), Tier("N3")]


def said(phrases, text, **settings):
    """Return the verdict on a text."""
    return KeywordClassifier(phrases, **settings).classify(ticket_of(text), TIERS)


class TestPhrases:
    @pytest.mark.parametrize(
        ("phrase", "text"),
        [
            ("não consigo", "NAO CONSIGO entrar"),
            ("ação", "ac\u0327a\u0303o"),
            ("erro 500", "Erro: 500!"),
            ("登录不了", "昨天开始登录不了系统"),
            ("登录 不了", "登录不了"),
            ("vpn", "ＶＰＮ"),
            ("config*", "configuração"),
            ("erro no log*", "erro no login"),
            ("パスワード", "ﾊﾟｽﾜｰﾄﾞを忘れた"),
            ("straße", "STRASSE"),
        ],
    )
    def test_is_found_however_it_is_written(self, phrase, text):
        """Accents, case, width, signs and spaces do not hide a phrase."""
        assert said({phrase: "N2"}, text).tier == "N2"

    @pytest.mark.parametrize(
        ("phrase", "text"),
        [
            ("senha", "senhas"),
            ("erro 500", "500 erro"),
            ("no log*", "no catalog"),
            ("登录", "登陆"),
            ("が", "か"),
            ("vpn*", "xvpn"),
        ],
    )
    def test_is_not_found_in_other_words(self, phrase, text):
        """A phrase is whole words in their order; a voiced kana is another letter."""
        assert said({phrase: "N2"}, text).tier is None

    def test_counts_once(self):
        """Who writes a word ten times does not shout louder."""
        assert said({"vpn": "N2"}, "vpn " * 10).scores["N2"] == 1

    @pytest.mark.parametrize(
        "phrases", [{"!": "N1"}, {"vpn": {"N1": float("nan")}}, ["vpn"], {"vpn": 3}]
    )
    def test_without_a_word_or_a_number_is_an_error(self, phrases):
        """What could never be found, or weighed, is refused when it is given."""
        with pytest.raises(BadInput, match="KeywordClassifier"):
            KeywordClassifier(phrases)

    @given(
        st.lists(st.sampled_from(["vpn", "mail", "não", "密", "码"]), min_size=1, max_size=4),
        st.data(),
    )
    def test_is_found_wherever_its_words_stand_in_a_row(self, words, data):
        """A phrase is found in a text exactly if its words stand there side by side."""
        around = st.lists(st.sampled_from(["vpn", "mail", "não", "密", "码", "x"]), max_size=5)
        text = data.draw(around)
        expected = any(text[at : at + len(words)] == words for at in range(len(text)))
        assert (said({" ".join(words): "N2"}, " ".join(text)).tier == "N2") is expected


class TestWeights:
    def test_add_up_and_the_most_wins(self):
        """Two words for N2 outweigh one for N3, and the share says how clearly."""
        verdict = said({"vpn": "N2", "mail": "N2", "down": "N3"}, "vpn and mail are down")
        assert (verdict.tier, verdict.confidence) == ("N2", pytest.approx(2 / 3))
        assert verdict.meaning == "score"

    def test_below_nothing_speak_against_a_tier(self):
        """A word may speak against a tier."""
        assert said({"vpn": "N2", "thanks": {"N2": -1.0}}, "vpn works, thanks").tier is None

    def test_alike_for_two_tiers_are_no_answer(self):
        """Where as much speaks for two tiers it does not guess."""
        assert (
            said({"vpn": "N2", "down": "N3"}, "vpn down").reason
            == "as much speaks for N2 as for N3"
        )

    def test_below_the_least_are_no_answer(self):
        """A desk can ask for more than one word."""
        assert said({"vpn": "N2"}, "vpn", least=2.0).tier is None


@given(st.text())
def test_folding_twice_is_folding_once(text):
    """A folded text stays as it is, so phrases and texts meet."""
    assert words_of(" ".join(words_of(text))) == words_of(text)
    assert "\u0301" not in folded(text)


def test_a_saved_one_comes_back(tmp_path):
    """Phrases, weights and settings are kept; a file of something else is refused."""
    one = KeywordClassifier({"vpn*": {"N2": 2, "N3": -1}, "密码": "N1"}, least=1.5, name="mine")
    one.save(tmp_path / "words.json")
    assert KeywordClassifier.load(tmp_path / "words.json") == one
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(BadInput, match=r"KeywordClassifier\.save"):
        KeywordClassifier.load(tmp_path / "other.json")
