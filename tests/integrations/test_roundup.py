"""roundup, as it is: auditors that can veto, and reactors that fire again for what we write."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from roundup import configuration, init, instance, password
from roundup.admin import AdminTool
from roundup.date import Date
from roundup.exceptions import Reject

from escalate import EscalationPolicy
from escalate.errors import BadInput
from escalate.integrations.roundup import RoundupHost
from escalate.runtime import at_instant
from escalate.testing import ManualClock, host_checks
from examples.hosts.roundup import escalation
from examples.hosts.roundup.tick import main, tick
from tests.runtime.shop import POLICY, names

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOLDER = Path(escalation.__file__).parent
OWN = {
    "status": {"open": "chatting", "resolved": "done-cbb", "closed": "resolved"},
    "priority": {"low": "wish", "normal": "bug", "high": "urgent", "urgent": "critical"},
}


def install(home: Path, *, detector: bool) -> Any:
    """Make a tracker as roundup-admin does, whose issues have a line, and return it."""
    init.install(str(home), AdminTool().listTemplates()["classic"]["path"])
    config = configuration.CoreConfig(str(home))
    settings = {"RDBMS_BACKEND": "sqlite", "MAIL_DOMAIN": "desk.example", "MAIL_HOST": "localhost"}
    settings |= {"TRACKER_WEB": "http://desk.example/", "MAIL_DEBUG": str(home / "mail.txt")}
    for name, value in settings.items():
        config[name] = value
    config.save()
    schema = home / "schema.py"
    text = schema.read_text()
    assert "                priority=Link(" in text
    schema.write_text(
        text.replace("priority=Link(", "line=String(),\n                priority=Link(")
    )
    (home / "detectors" / "nosyreaction.py").unlink()  # it mails
    if detector:
        shutil.copy(FOLDER / "escalation.py", home / "detectors" / "escalation.py")
        shutil.copy(FOLDER / "policy.toml", home / "policy.toml")
    tracker = instance.open(str(home))
    tracker.init(password.Password("admin", config=config))
    return tracker


class Bench:
    """A tracker, set up for ``check_host``."""

    vetoes = True

    def __init__(
        self,
        tracker: Any,
        stack: ExitStack,
        policy: EscalationPolicy,
        clock: Callable[[], datetime],
    ) -> None:
        self._tracker, self._policy, self._clock = tracker, policy, clock
        self.db = tracker.open("admin")
        stack.callback(self.db.close)
        self.desk = escalation.embed(policy, self.db, clock=clock)
        self.host = self.desk.host
        self.host.in_request = False

    def create(self) -> str:
        """Somebody writes."""
        with self.host.transaction():
            normal = self.db.priority.lookup("bug")
            return str(self.db.issue.create(title="No net", line="N1", priority=normal))

    def edit(self, ticket_id: str, **values: Any) -> None:
        """Somebody fills in the page of an issue."""
        with self.host.transaction():
            self.db.issue.set(ticket_id, **self._own(values))

    def bulk_edit(self, ticket_ids: Iterable[str], **values: Any) -> None:
        """Somebody has a script in SQL; no detector runs."""
        with self.host.transaction():
            for name, value in self._own(values).items():
                numbers = ", ".join(ticket_ids)
                sql = f"UPDATE _issue SET _{name} = ? WHERE id IN ({numbers})"  # noqa: S608
                self.db.sql(sql, (value,))
        self.db.clearCache()

    def shows(self, ticket_id: str) -> Mapping[str, Any] | None:
        """The issue, in the words of escalate."""
        self.db.clearCache()
        if not self.db.issue.hasnode(ticket_id):
            return None
        seen = self.host.shown_by(ticket_id)
        return {"status": seen.status, "tier": seen.tier, "priority": seen.priority}

    def tick(self) -> None:
        """A worker, which opens the tracker for itself."""
        db = self._tracker.open("admin")
        try:
            desk = escalation.embed(self._policy, db, clock=self._clock)
            desk.host.in_request = False
            desk.tick()
        finally:
            db.close()

    def _own(self, values: Mapping[str, str]) -> dict[str, Any]:
        own = dict(values)
        for name in OWN.keys() & own.keys():
            own[name] = self.db.getclass(name).lookup(OWN[name][own[name]])
        return {escalation.COLUMNS[name]: value for name, value in own.items()}


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Sets up trackers without issues."""
    numbers = count()
    with ExitStack() as stack:

        def make(policy: EscalationPolicy, clock: Callable[[], datetime]) -> Bench:
            tracker = install(tmp_path / f"{next(numbers)}", detector=False)
            return Bench(tracker, stack, policy, clock)

        yield make


@pytest.mark.parametrize("check", host_checks(), ids=lambda check: check.__name__)
def test_roundup_keeps_the_host_contract(
    check: Callable[[Any], None], make_bench: Callable[..., Bench]
) -> None:
    """Issues, journal and timers in one transaction of roundup's."""
    check(make_bench)


def test_a_property_that_issues_do_not_have_is_told(make_bench: Callable[..., Bench]) -> None:
    """A tracker without a line is told so when it is opened, and a misspelt part is named."""
    db = make_bench(POLICY, ManualClock()).db
    with pytest.raises(BadInput, match="did you mean 'priority'"):
        RoundupHost(db, {"prority": "priority"})
    with pytest.raises(BadInput, match="did you mean 'status'"):
        RoundupHost(db, {"status": "statu"})


class TestTheTracker:
    """A tracker with the detector of the example in it, opened as roundup opens it."""

    @pytest.fixture
    def tracker(self, tmp_path: Path) -> Any:
        """One that has just been installed."""
        return install(tmp_path / "tracker", detector=True)

    @contextmanager
    def request(self, tracker: Any, who: str = "admin") -> Iterator[Any]:
        """What roundup does for a page, a mail or a call of its API."""
        db = tracker.open(who)
        try:
            yield db
            db.commit()
        finally:
            db.close()

    def test_an_issue_nobody_answers_is_escalated_by_the_script(self, tracker: Any) -> None:
        """From a request to an automatic escalation; a second tick finds nothing to do."""
        with at_instant(MONDAY), self.request(tracker) as db:
            number = db.issue.create(title="No net")
        with self.request(tracker) as db:
            assert db.issue.get(number, "line") == "N1"
        with at_instant(MONDAY + timedelta(hours=5)):
            assert tick(tracker.tracker_home).tickets == (number,)
            assert tick(tracker.tracker_home).tickets == ()
        with self.request(tracker) as db:
            assert db.issue.get(number, "line") == "N2"
            assert names(db.desk.history(number)).count("Escalated") == 1

    def test_a_reactor_that_fires_again_for_what_we_wrote_changes_nothing(
        self, tracker: Any
    ) -> None:
        """Roundup tells of our own write while we make it, and the desk does not hear it."""
        fired: list[str] = []
        with at_instant(MONDAY), self.request(tracker) as db:
            number = db.issue.create(title="No net")
        db = tracker.open("admin")
        try:
            db.issue.react("set", lambda *given: fired.append(given[2]), priority=1)
            db.desk.host.in_request = False
            with at_instant(MONDAY + timedelta(hours=5)):
                db.desk.tick()
                before = db.desk.history(number)
                assert fired == [number]
                db.desk.reconcile(number)
            assert db.desk.history(number) == before
            assert names(before).count("Escalated") == 1
            assert db.desk.failures() == ()
        finally:
            db.close()

    def test_an_illegal_move_is_rejected_and_a_legal_one_is_not(self, tracker: Any) -> None:
        """The page of the issue says what is possible; what else it would have written is not."""
        with self.request(tracker) as db:
            number = db.issue.create(title="No net")
        with (
            pytest.raises(Reject, match=r"paths from N1: N2; possible now: .*escalate to N2"),
            self.request(tracker) as db,
        ):
            db.issue.set(number, line="N3", title="No net at all")
        with self.request(tracker) as db:
            assert db.issue.get(number, "title") == "No net"
            db.issue.set(number, line="N2")
        with self.request(tracker) as db:
            assert db.issue.get(number, "line") == "N2"

    def test_what_is_said_is_heard_once(self, tracker: Any) -> None:
        """A message of whoever wrote the issue is the customer's; one of somebody else answers it."""
        with self.request(tracker) as db:
            db.user.create(username="cust", roles="User", address="cust@desk.example")
        with self.request(tracker, "cust") as db:
            number = db.issue.create(title="No net")
        for who, text in (("admin", "Which cable?"), ("cust", "The grey one")):
            with self.request(tracker, who) as db:
                said = db.msg.create(content=text, author=db.getuid(), date=Date("."))
                heard = [*db.issue.get(number, "messages"), said]
                db.issue.set(number, messages=heard)
                db.issue.set(number, messages=heard, title="No net, still")
        with self.request(tracker) as db:
            happened = names(db.desk.history(number))
            assert (happened.count("Replied"), happened.count("CustomerReplied")) == (1, 1)
            assert "Which cable?" in db.desk.texts(number).values()

    def test_a_request_that_fails_leaves_no_timer(self, tracker: Any) -> None:
        """Roundup closes without a commit, and neither issue nor journal is there."""
        db = tracker.open("admin")
        number = db.issue.create(title="No net")
        assert db.desk.ticket(number).due_us is not None
        db.close()
        with self.request(tracker) as db:
            assert not db.issue.hasnode(number)
            assert db.desk.live() == ()

    def test_a_retired_issue_has_no_timers(self, tracker: Any) -> None:
        """Whoever retires an issue ends its clocks."""
        with self.request(tracker) as db:
            number = db.issue.create(title="No net")
            db.issue.retire(number)
            assert db.desk.ticket(number).status == "closed"

    def test_the_script_says_what_it_did(self, tracker: Any, capsys: Any) -> None:
        """As cron sees it; a folder without a tracker is named."""
        assert main([tracker.tracker_home]) == 0
        assert capsys.readouterr().out == "0 issues moved on\n"
        nowhere = str(Path(tracker.tracker_home) / "nowhere")
        assert main([nowhere]) == 2
        assert "nowhere" in capsys.readouterr().err
        assert main([]) == 2
