"""Which classifiers go by which name, and what is imported when."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from escalate import BadInput, Desk, EscalationPolicy, HostedDesk, MemoryStore
from escalate.classifiers import Registry, installed_plugins
from escalate.classifiers.base import Classifier, as_classifier
from escalate.classifiers.registry import clashes, load_plugin
from escalate.cli import main
from escalate.core.model import ABSTAIN
from escalate.errors import PluginClash, PluginFailed
from tests.classifiers.distributions import MODULE, distribution
from tests.runtime.hosting import MemoryHost

POLICY = EscalationPolicy("support", ["N1", "N2"], classifier="acme-outage", paths=[])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path; what is imported from it is forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path  # type: ignore[misc]
    for name in set(sys.modules) - before:
        if name.startswith("acme"):
            del sys.modules[name]


@pytest.fixture
def acme(site: Path) -> Path:
    """A distribution with one plugin is installed."""
    distribution(
        site, "acme-tools", "1.2", {"acme-outage": "acme_outage:Outage"}, {"acme_outage": MODULE}
    )
    return site


class TestRegistry:
    def test_what_is_registered_is_made_once_when_it_is_needed(self) -> None:
        """A classifier, a function, a class or a factory; a factory is not called before its time."""
        made: list[int] = []

        class Slow:
            name, version = "slow", "1"

            def __init__(self) -> None:
                made.append(1)

            def classify(self, ticket: Any, tiers: Any) -> Any: ...

        ready = as_classifier(lambda ticket: "N2")
        registry = Registry({"ready": ready, "function": lambda ticket: "N1"})
        registry.register("class", Slow)
        registry.register("factory", lambda: Slow())  # noqa: PLW0108  a factory, not the class
        assert list(registry) == ["class", "factory", "function", "ready"]
        assert made == []
        assert registry["ready"] is ready
        assert registry["class"] is registry["class"]
        assert registry["factory"].name == "slow"
        assert made == [1, 1]
        assert isinstance(registry["function"], Classifier)
        assert "class" in repr(registry)
        assert len(registry) == 4

    def test_registering_again_replaces(self) -> None:
        """A cell of a notebook may be run twice."""
        registry = Registry()
        for version in ("first", "second"):
            registry.register("mine", lambda ticket, said=version: said)
            assert registry["mine"].classify(None, []).tier == version  # type: ignore[arg-type, union-attr]

    def test_what_cannot_be_is_said_at_once(self, acme: Path) -> None:
        """No classifier, no name, a name that is taken, a plugin that nobody installed."""
        with pytest.raises(BadInput, match="name, version and classify"):
            Registry({"seven": 7})
        with pytest.raises(BadInput, match="a name"):
            Registry({" ": lambda ticket: None})
        with pytest.raises(BadInput, match="did you mean 'acme-outage'"):
            Registry(allow=["acme-outages"])
        with pytest.raises(BadInput, match="plugin that is allowed"):
            Registry({"acme-outage": lambda ticket: None}, allow=["acme-outage"])
        with pytest.raises(BadInput, match="a list of words"):
            Registry(allow="acme-outage")
        with pytest.raises(KeyError):
            Registry()["acme-outage"]


class TestPlugins:
    def test_they_are_listed_without_being_imported(self, acme: Path) -> None:
        """Looking is not loading."""
        (plugin,) = [each for each in installed_plugins() if each.name == "acme-outage"]
        assert (plugin.distribution, plugin.version) == ("acme-tools", "1.2")
        assert plugin.value == "acme_outage:Outage"
        assert "acme_outage" not in sys.modules

    def test_a_policy_names_one_and_the_host_allows_it(self, acme: Path) -> None:
        """It is not imported before a desk that allows it asks for it, nor without being allowed."""
        with pytest.raises(BadInput, match="acme-outage"):
            Desk(POLICY)
        registry = Registry(allow=["acme-outage"])
        assert "acme_outage" not in sys.modules
        desk = Desk(POLICY, classifiers=registry)
        assert desk.open(subject="The mail is down").tier == "N2"
        assert desk.open(subject="Hello").classification == ABSTAIN("no outage")

    def test_two_distributions_with_one_name_are_an_error_that_names_both(self, acme: Path) -> None:
        """Nobody can tell which is meant, so neither is taken."""
        distribution(acme, "other-tools", "3.0", {"acme-outage": "acme_other:Outage"})
        with pytest.raises(PluginClash, match=r"acme-tools 1\.2 .* and other-tools 3\.0"):
            Registry(allow=["acme-outage"])
        with pytest.raises(PluginClash):
            load_plugin("acme-outage")
        assert [each.what for each in clashes(installed_plugins())] == ["plugin 'acme-outage'"]

    @pytest.mark.parametrize(
        ("source", "says"),
        [
            ("import acme_no_such", "ModuleNotFoundError"),
            ("1 / 0", "ZeroDivisionError"),
            ("Other = 1", "AttributeError"),
            ("Outage = 7", "name, version and classify"),
            ("class Outage:\n    def __init__(self, key): ...", "key"),
        ],
    )
    def test_one_that_is_broken_is_named_with_its_origin(
        self, site: Path, source: str, says: str
    ) -> None:
        """What went wrong is told with the distribution that it came from."""
        distribution(
            site, "acme-tools", "1.2", {"acme-outage": "acme_bad:Outage"}, {"acme_bad": source}
        )
        with pytest.raises(PluginFailed, match=rf"acme-tools 1\.2.*{says}"):
            load_plugin("acme-outage")

    def test_a_host_loses_no_ticket_to_one_that_breaks(self, site: Path) -> None:
        """Found out only when the first ticket comes: it starts where it would have, and says why."""
        distribution(
            site, "acme-tools", "1.2", {"acme-outage": "acme_bad:Outage"}, {"acme_bad": "1 / 0"}
        )
        host = MemoryHost(MemoryStore())
        registry = Registry(allow=["acme-outage"])
        desk = HostedDesk(lambda _: POLICY, host, host.store, classifiers=registry)
        host.rows["T-1"] = {"status": "new", "tier": "N1"}
        desk.open("T-1", subject="down")
        desk.tick()
        ticket = desk.ticket("T-1")
        assert (ticket.tier, ticket.classification) == ("N1", ABSTAIN("unavailable"))
        assert "ZeroDivisionError" in desk.failures()[0].why


class TestListing:
    def test_the_command_lists_them_and_imports_none(
        self, acme: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Name, origin and version; --json for programs."""
        assert main(["plugins"]) == 0
        assert "acme-outage  acme-tools 1.2" in capsys.readouterr().out
        assert main(["plugins", "--json"]) == 0
        listed = json.loads(capsys.readouterr().out)
        assert {
            "name": "acme-outage",
            "distribution": "acme-tools",
            "version": "1.2",
            "value": "acme_outage:Outage",
        } in listed
        assert "acme_outage" not in sys.modules

    def test_a_clash_is_listed_and_refused(
        self, acme: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Both are shown, and one line says which two they are."""
        distribution(acme, "other-tools", "3.0", {"acme-outage": "acme_other:Outage"})
        for flags in ([], ["--json"]):
            assert main(["plugins", *flags]) == 2
            shown = capsys.readouterr()
            assert "other-tools" in shown.out
            assert "acme-tools 1.2" in shown.err
            assert len(shown.err.splitlines()) == 1

    def test_without_any_it_says_where_to_begin(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An empty list tells how to write a plugin; as JSON it is an empty list."""
        monkeypatch.setattr("escalate.cli.plugins.installed_plugins", lambda: ())
        assert main(["plugins"]) == 0
        assert "escalate new-classifier" in capsys.readouterr().out
        assert main(["plugins", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == []

    def test_metadata_cannot_steer_a_terminal(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Anybody may publish a distribution."""
        distribution(site, "acme-tools", "1\x1b[31m", {"acme-red": "acme_red:Red"})
        assert main(["plugins"]) == 0
        assert "\x1b" not in capsys.readouterr().out
