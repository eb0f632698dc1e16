"""Ways to break a policy: slips of somebody who edits the file, each with the code that tells of it.

An operator yields a change for every place of a policy at which it does the damage that it is made for; where
it would do none, it yields nothing. The code is that of the finding; ``DIFFERENT`` stands for a change that
breaks no property, and which only the comparison of two versions tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tests.verify.kit.tables import (
    MOVES,
    TELLING,
    Tables,
    changed,
    does,
    looks_after_pauses,
    people,
    tier_names,
    without_dead_moves,
)

DIFFERENT: Final = "difference"
NEVER: Final = 'priority == "low" and priority == "high"'
URGENT: Final = 'priority == "urgent"'

Slip = tuple[str, str, Tables]
"""Where it is, the code that it is made to break, and the tables with the slip."""
Operator = Callable[[Tables], Iterator[Slip]]
OPERATORS: Final[dict[str, Operator]] = {}


def operator(make: Operator) -> Operator:
    """Add *make* to the operators, under its own name in words."""
    OPERATORS[make.__name__.replace("_", " ")] = make
    return make


def _each(tables: Tables, key: str) -> Iterator[tuple[int, Tables, str]]:
    for i, each in enumerate(tables.get(key, ())):
        yield i, each, f"{key}[{i}]"


# Receivers and steps


@operator
def drop_the_steps_of_a_target(tables: Tables) -> Iterator[Slip]:
    """A promise that nobody is behind."""
    for i, target, place in _each(tables, "targets"):
        if any(key in step for step in target.get("steps", ()) for key in TELLING):
            yield (
                place,
                "nobody-told",
                changed(tables, lambda t, i=i: t["targets"][i].pop("steps")),
            )


@operator
def tag_in_place_of_telling(tables: Tables) -> Iterator[Slip]:
    """The steps mark the ticket, and tell nobody."""
    for i, target, place in _each(tables, "targets"):
        steps = [{"at": step["at"], "tag": "late"} for step in target.get("steps", ())]
        if steps:
            yield (
                place,
                "nobody-told",
                changed(tables, lambda t, i=i, s=steps: t["targets"][i].update(steps=s)),
            )


@operator
def narrow_the_steps(tables: Tables) -> Iterator[Slip]:
    """The steps speak of urgent tickets only."""
    for i, target, place in _each(tables, "targets"):
        if URGENT in target.get("when", "") or "approval" in target["clock"]:
            continue

        def narrow(t: Tables, i: int = i) -> None:
            for step in t["targets"][i]["steps"]:
                step["when"] = URGENT

        if target.get("steps"):
            yield place, "nobody-told", changed(tables, narrow)


@operator
def send_everybody_home(tables: Tables) -> Iterator[Slip]:
    """A promise counts around the clock, and all who would be told keep hours."""
    hours = next(iter(tables["calendars"]))
    for i, target, place in _each(tables, "targets"):

        def sleep(t: Tables, i: int = i) -> None:
            t["targets"][i]["calendar"] = "always"
            for receiver in t["receivers"]:
                receiver["calendar"] = hours

        told = [s for s in target.get("steps", ()) if "notify" in s and "deliver" not in s]
        if told:
            yield place, "nobody-awake", changed(tables, sleep)


@operator
def remove_every_step(tables: Tables) -> Iterator[Slip]:
    """All promises are broken in silence."""

    def silence(t: Tables) -> None:
        for target in t["targets"]:
            target.pop("steps", None)
        t["rules"] = [r for r in t["rules"] if r["on"] != "idle" or looks_after_pauses(r)]

    yield "targets", "forgotten", changed(tables, silence)


@operator
def tell_only_long_after(tables: Tables) -> Iterator[Slip]:
    """Who should hear of a breach hears of it when twice the time has gone."""
    for i, target, place in _each(tables, "targets"):
        steps = target.get("steps", ())
        plain = not any(key in step for step in steps for key in (*MOVES, "invite"))
        if steps and plain and "within" in target:

            def late(t: Tables, i: int = i) -> None:
                first, *_ = t["targets"][i]["steps"]
                t["targets"][i]["steps"] = [{**first, "at": "200%"}]

            yield place, "promises-out-of-order", changed(tables, late)


@operator
def step_behind_the_one_that_moves(tables: Tables) -> Iterator[Slip]:
    """What should speak last has no turn: the ticket is gone by then."""
    free = {
        (p["from"], p.get("kind", "escalate"), p["to"])
        for p in tables.get("paths", ())
        if "when" not in p and "approval" not in p
    }
    for i, target, place in _each(tables, "targets"):
        moves = [
            (key.removesuffix("_to"), step[key])
            for step in target.get("steps", ())
            for key in MOVES
            if key in step and "when" not in step
        ]
        sure = any(all((tier, *move) in free for tier in target.get("tiers", ())) for move in moves)
        # A change from one promise to another may find the last step passed already, and run that alone.
        alone = not any("when" in each for each in tables["targets"])
        if target["clock"] == "ownership" and target.get("tiers") and sure and alone:

            def add(t: Tables, i: int = i) -> None:
                t["targets"][i]["steps"].append({"at": "300%", "notify": t["fallback"]})

            yield place, "never-fires", changed(tables, add)


# Targets


@operator
def drop_the_default_targets(tables: Tables) -> Iterator[Slip]:
    """Some tier is owed nothing at all."""
    kept = [target for target in tables["targets"] if not target.get("default")]
    plain = [t for t in kept if t["clock"] == "ownership" and "when" not in t]
    covered = {tier for t in plain for tier in t.get("tiers", tier_names(tables))}
    if kept and len(kept) < len(tables["targets"]) and set(tier_names(tables)) - covered:
        yield "targets", "no-promise", changed(tables, lambda t: t.update(targets=kept))


@operator
def promise_to_the_urgent_alone(tables: Tables) -> Iterator[Slip]:
    """Nothing is promised to all the others."""

    def narrow(t: Tables) -> None:
        for target in t["targets"]:
            target["when"] = URGENT
            target.pop("default", None)

    yield "targets", "no-promise", changed(tables, narrow)


@operator
def general_before_particular(tables: Tables) -> Iterator[Slip]:
    """A promise for all stands before the ones for some."""
    names = tier_names(tables)
    for clock in dict.fromkeys(target["clock"] for target in tables["targets"]):
        first = next(target for target in tables["targets"] if target["clock"] == clock)
        general = {**first, "tiers": names, "name": "for all", "default": False}
        general.pop("when", None)
        if first.get("calendar") or len(tables["calendars"]) == 1 or clock == "ownership":
            yield (
                f"targets: {clock}",
                "shadowed",
                changed(tables, lambda t, g=general: t["targets"].insert(0, g)),
            )


@operator
def reorder_two_targets(tables: Tables) -> Iterator[Slip]:
    """The particular promise comes behind the general one."""
    targets = tables["targets"]
    for i, target, place in _each(tables, "targets"):
        for j in range(i + 1, len(targets)):
            later = targets[j]
            wider = "when" not in later and not later.get("default")
            wider = wider and set(target.get("tiers", ())) <= set(later.get("tiers", ()))
            wider = wider and bool(target.get("tiers"))
            if later["clock"] == target["clock"] and wider:

                def swap(t: Tables, i: int = i, j: int = j) -> None:
                    t["targets"][i], t["targets"][j] = t["targets"][j], t["targets"][i]

                yield f"{place}, targets[{j}]", "shadowed", changed(tables, swap)


@operator
def raise_what_is_promised_to_the_urgent(tables: Tables) -> Iterator[Slip]:
    """Urgent tickets wait longer than the others."""
    for i, target, place in _each(tables, "targets"):
        above = 'priority == "urgent"' in target.get("when", "") or "priority >=" in target.get(
            "when", ""
        )
        others = [
            t
            for t in tables["targets"]
            if t["clock"] == target["clock"] and "when" not in t and "within" in t
        ]
        if above and others:
            yield (
                place,
                "promises-out-of-order",
                changed(tables, lambda t, i=i: t["targets"][i].update(within="900h")),
            )


@operator
def first_answer_after_the_solution(tables: Tables) -> Iterator[Slip]:
    """The first answer may come later than the solution."""
    for _, target, place in _each(tables, "targets"):
        if target["clock"] == "resolution" and target.get("default"):
            late = {
                "clock": "first_response",
                "within": "900h",
                "default": True,
                "steps": target["steps"],
            }
            if "calendar" in target:
                late["calendar"] = target["calendar"]

            def add(t: Tables, late: Tables = late) -> None:
                t["targets"] = [x for x in t["targets"] if x["clock"] != "first_response"]
                t["targets"].append(late)

            yield place, "promises-out-of-order", changed(tables, add)


@operator
def solution_before_the_step_that_moves(tables: Tables) -> Iterator[Slip]:
    """The ticket moves on only after its solution was due."""
    entry = tables.get("entry", tier_names(tables)[0])
    for _, target, place in _each(tables, "targets"):
        moves = any(key in step for step in target.get("steps", ()) for key in MOVES)
        here = entry in target.get("tiers", ())
        if target["clock"] == "ownership" and moves and here and "when" not in target:
            hours = target.get("calendar") or next(
                tier.get("calendar", next(iter(tables["calendars"])))
                for tier in tables["tiers"]
                if tier["name"] == entry
            )
            soon = {
                "clock": "resolution",
                "within": "1m",
                "default": True,
                "calendar": hours,
                "steps": [{"at": "100%", "notify": tables["fallback"]}],
            }

            def add(t: Tables, soon: Tables = soon) -> None:
                t["targets"] = [x for x in t["targets"] if x["clock"] != "resolution"]
                t["targets"].append(soon)

            yield place, "promises-out-of-order", changed(tables, add)


# Rules


@operator
def drop_the_rule_for_pauses(tables: Tables) -> Iterator[Slip]:
    """Nobody looks after pauses."""
    kept = [rule for rule in tables["rules"] if rule["on"] != "idle"]
    if any(looks_after_pauses(rule) for rule in tables["rules"]):
        yield "rules", "silent-pause", changed(tables, lambda t: t.update(rules=kept))


@operator
def narrow_the_rule_for_pauses(tables: Tables) -> Iterator[Slip]:
    """Some pauses are looked after, and some are not."""
    narrower = {
        "pending alone": 'status == "pending"',
        "on hold alone": 'status == "on_hold"',
        "urgent alone": f'status in ("pending", "on_hold") and {URGENT}',
    }
    if any(target["clock"] == "requester_wait" for target in tables["targets"]):
        del narrower["pending alone"]  # while it is on hold, that promise speaks
    for i, rule, place in _each(tables, "rules"):
        if looks_after_pauses(rule):
            for what, when in narrower.items():

                def narrow(t: Tables, i: int = i, when: str = when) -> None:
                    t["rules"][i]["when"] = when

                yield f"{place}: {what}", "silent-pause", changed(tables, narrow)


@operator
def look_after_pauses_in_one_tier(tables: Tables) -> Iterator[Slip]:
    """Pauses elsewhere are forgotten."""
    names = people(tables)
    for i, rule, place in _each(tables, "rules"):
        if looks_after_pauses(rule) and len(rule.get("at", names)) > 1 and tables.get("paths"):

            def narrow(t: Tables, i: int = i) -> None:
                t["rules"][i]["at"] = names[:1]

            yield place, "silent-pause", changed(tables, narrow)


@operator
def rule_that_never_holds(tables: Tables) -> Iterator[Slip]:
    """A condition that contradicts itself."""
    for i, rule, place in _each(tables, "rules"):
        when = f"({rule['when']}) and {NEVER}" if "when" in rule else NEVER

        def narrow(t: Tables, i: int = i, when: str = when) -> None:
            t["rules"][i]["when"] = when

        yield place, "never-fires", changed(tables, narrow)


@operator
def raise_a_threshold_beyond_the_cap(tables: Tables) -> Iterator[Slip]:
    """A rule waits for more bounces than the policy allows."""
    lines = any(p.get("kind", "escalate") != "escalate" for p in tables.get("paths", ()))
    for i, rule, place in _each(tables, "rules"):
        if "bounces >= " in rule.get("when", "") and lines:

            def more(t: Tables, i: int = i) -> None:
                t["rules"][i]["when"] = "bounces >= 40"

            yield place, "never-fires", changed(tables, more)


@operator
def reorder_the_rules(tables: Tables) -> Iterator[Slip]:
    """A rule for all stands before the one for some."""
    for i, rule, place in _each(tables, "rules"):
        if any(key in rule for key in MOVES) and "when" in rule:
            general = {key: value for key, value in rule.items() if key != "when"}
            general["name"] = "for all"
            # It stands in the place of a rule that was further down.
            yield (
                place,
                "shadowed",
                changed(tables, lambda t, i=i, g=general: t["rules"].insert(i, g)),
            )


@operator
def two_rules_that_disagree(tables: Tables) -> Iterator[Slip]:
    """Two rules that fit one ticket give it different priorities."""
    words = [rule["on"] for rule in tables["rules"] if rule["on"] != "idle"] or ["customer_replied"]
    for word in dict.fromkeys(words):
        pair = [
            {"name": "one", "on": word, "when": '"vip" in tags', "set_priority": "high"},
            {"name": "other", "on": word, "set_priority": "low"},
        ]
        yield (
            f"rules: on {word}",
            "disagreeing-rules",
            changed(tables, lambda t, p=pair: t["rules"].extend(p)),
        )


# Paths and tiers


@operator
def add_a_back_edge(tables: Tables) -> Iterator[Slip]:
    """Two promises hand a ticket to and fro while nobody looks."""
    for _, path, place in _each(tables, "paths"):
        if path.get("kind", "escalate") != "escalate" or "when" in path or "approval" in path:
            continue
        source, target = path["from"], path["to"]

        def circle(t: Tables, a: str = source, b: str = target) -> None:
            t["paths"] = [p for p in t["paths"] if (p["from"], p["to"]) != (b, a)]
            t["paths"].append({"from": b, "to": a})
            t["targets"] = [
                {"clock": "ownership", "within": "2h", "tiers": [x], "steps": [_up(y)]}
                for x, y in ((a, b), (b, a))
            ] + [x for x in t["targets"] if x["clock"] != "ownership" or "tiers" not in x]
            t["max_automatic"] = 5
            without_dead_moves(t)

        yield place, "endless-moves", changed(tables, circle)


def _up(tier: str) -> Tables:
    return {"at": "100%", "escalate_to": tier}


@operator
def rules_that_go_in_circles(tables: Tables) -> Iterator[Slip]:
    """Each of two rules undoes what the other did."""
    for _, path, place in _each(tables, "paths"):
        if path.get("kind", "escalate") != "escalate" or "when" in path or "approval" in path:
            continue

        def circle(t: Tables, a: str = path["from"], b: str = path["to"]) -> None:
            t["paths"] = [p for p in t["paths"] if (p["from"], p["to"]) != (b, a)]
            t["paths"].append({"from": b, "to": a})
            t["rules"] += [
                {"name": "hand on", "on": "entered", "at": [a], "escalate_to": b},
                {"name": "hand back", "on": "entered", "at": [b], "escalate_to": a},
            ]
            t["max_automatic"] = 5
            without_dead_moves(t)

        yield place, "endless-moves", changed(tables, circle)


@operator
def drop_the_ways_out_of_a_bot(tables: Tables) -> Iterator[Slip]:
    """Whoever comes to the bot stays there."""
    for tier in tables["tiers"]:
        if tier.get("kind") == "bot":

            def drop(t: Tables, name: str = tier["name"]) -> None:
                t["paths"] = [p for p in t["paths"] if p["from"] != name]
                without_dead_moves(t)

            yield tier["name"], "stranded", changed(tables, drop)


@operator
def drop_the_ways_into_a_tier(tables: Tables) -> Iterator[Slip]:
    """A tier that no ticket comes to."""
    entry = tables.get("entry", tier_names(tables)[0])
    begun = {entry, *(each.get("tier") for each in tables.get("request_types", ()))}
    invited = {rule.get("invite") for rule in tables.get("rules", ())}
    invited |= {step.get("invite") for t in tables["targets"] for step in t.get("steps", ())}
    for name in tier_names(tables):
        into = any(path["to"] == name for path in tables.get("paths", ()))
        if into and name not in begun | invited and "classifier" not in tables:

            def drop(t: Tables, name: str = name) -> None:
                t["paths"] = [p for p in t["paths"] if p["to"] != name]
                without_dead_moves(t)

            yield name, "unreachable", changed(tables, drop)


@operator
def add_a_tier_without_ways(tables: Tables) -> Iterator[Slip]:
    """A tier is planned, and nobody wrote how tickets come there."""
    tier = {"name": "island", "calendar": next(iter(tables["calendars"]))}
    if "classifier" not in tables and not any(t["clock"] == "accept" for t in tables["targets"]):
        yield "tiers", "unreachable", changed(tables, lambda t: t["tiers"].append(tier))


@operator
def path_that_never_opens(tables: Tables) -> Iterator[Slip]:
    """The condition of a path contradicts itself."""
    for i, _, place in _each(tables, "paths"):
        yield (
            place,
            "unreachable",
            changed(tables, lambda t, i=i: t["paths"][i].update(when=NEVER)),
        )


@operator
def path_written_twice(tables: Tables) -> Iterator[Slip]:
    """Somebody adds a path that is there already, for some tickets."""
    for i, path, place in _each(tables, "paths"):
        if "when" not in path:
            again = {**path, "when": URGENT}
            yield (
                place,
                "shadowed",
                changed(tables, lambda t, i=i, a=again: t["paths"].insert(i + 1, a)),
            )


@operator
def bot_that_must_write_a_summary(tables: Tables) -> Iterator[Slip]:
    """A path out of a bot's tier asks for words that no bot hands over."""
    bots = set(tier_names(tables)) - set(people(tables))
    for i, path, place in _each(tables, "paths"):
        if path["from"] in bots:
            for field in ("summary", "hypothesis", "ask"):
                yield (
                    f"{place}: {field}",
                    "handoff-never-given",
                    changed(tables, lambda t, i=i, f=field: t["paths"][i].update(requires=[f])),
                )


# The protocol


@operator
def misplace_a_milestone(tables: Tables) -> Iterator[Slip]:
    """A rule waits for a check of another request."""
    types = tables.get("request_types", [])
    for each in types:
        for other in types:
            theirs = {check["milestone"] for check in other.get("checklist", ())}
            for check in each.get("checklist", ()):
                name = check["milestone"]
                if each["name"] != other["name"] and name not in theirs:
                    rule = {
                        "name": "waits in vain",
                        "on": "milestone",
                        "when": f'request_type == "{other["name"]}" and reached("{name}")',
                        "notify": tables["fallback"],
                    }
                    yield (
                        f"{other['name']}: {name}",
                        "milestone-out-of-reach",
                        changed(tables, lambda t, r=rule: t["rules"].append(r)),
                    )


@operator
def checks_for_a_bot_that_is_not_there(tables: Tables) -> Iterator[Slip]:
    """The bot was taken out, and the checks were left to it."""
    waits = any("reached(" in rule.get("when", "") for rule in tables["rules"])
    if waits and len(people(tables)) == len(tables["tiers"]):

        def hand_over(t: Tables) -> None:
            for each in t["request_types"]:
                for check in each.get("checklist", ()):
                    check["who"] = "bot"

        yield "request_types", "milestone-out-of-reach", changed(tables, hand_over)


@operator
def request_that_goes_by_two_names(tables: Tables) -> Iterator[Slip]:
    """The same request is added once more, spelt another way."""
    for _, each, place in _each(tables, "request_types"):
        twin = {"name": each["name"].upper().replace("_", " "), "tier": tier_names(tables)[0]}
        yield (
            place,
            "request-unclear",
            changed(tables, lambda t, w=twin: t["request_types"].append(w)),
        )


# What breaks nothing, and still is another policy


@operator
def raise_an_amount(tables: Tables) -> Iterator[Slip]:
    """A promise is a little looser."""
    for i, target, place in _each(tables, "targets"):
        if "within" in target and target["clock"] == "ownership" and "when" not in target:

            def looser(t: Tables, i: int = i) -> None:
                t["targets"][i]["within"] = f"{t['targets'][i]['within']}1s"

            yield place, DIFFERENT, changed(tables, looser)


@operator
def remove_the_cap(tables: Tables) -> Iterator[Slip]:
    """Tickets may go to and fro more often."""
    back = any(p.get("kind", "escalate") == "return" for p in tables.get("paths", ()))
    back = back and not any("approval" in path for path in tables["paths"])
    if back and not any("bounces" in rule.get("when", "") for rule in tables["rules"]):
        cap = tables.get("max_bounces", 2) + 1
        yield "max_bounces", DIFFERENT, changed(tables, lambda t: t.update(max_bounces=cap))


@operator
def delete_a_resume(tables: Tables) -> Iterator[Slip]:
    """A clock that was stopped on the way goes on no more."""
    for i, clock, place in _each(tables, "clocks"):
        if "resume" in clock:
            yield (
                place,
                DIFFERENT,
                changed(tables, lambda t, i=i: t["clocks"][i].pop("resume")),
            )


@operator
def drop_the_required_fields(tables: Tables) -> Iterator[Slip]:
    """Nothing has to be told any more when a ticket is handed over."""
    for i, path, place in _each(tables, "paths"):
        if path.get("requires"):
            yield (
                place,
                DIFFERENT,
                changed(tables, lambda t, i=i: t["paths"][i].pop("requires")),
            )


@operator
def widen_who_may(tables: Tables) -> Iterator[Slip]:
    """What took a role, or somebody's word, anybody may do."""
    for i, path, place in _each(tables, "paths"):
        for key in ("by", "approval"):
            if key in path and not (
                key == "approval" and any(t["clock"] == "approval" for t in tables["targets"])
            ):
                yield (
                    f"{place}.{key}",
                    DIFFERENT,
                    changed(tables, lambda t, i=i, k=key: t["paths"][i].pop(k)),
                )
    if "permissions" in tables:
        yield "permissions", DIFFERENT, changed(tables, lambda t: t.pop("permissions"))


@operator
def drop_one_of_several_steps(tables: Tables) -> Iterator[Slip]:
    """A warning goes, the notice at the breach stays."""
    for i, target, place in _each(tables, "targets"):
        steps = target.get("steps", ())
        if len(steps) > 1 and steps[-1]["at"] == "100%" and "notify" in steps[-1]:
            yield (
                f"{place}.steps[0]",
                DIFFERENT,
                changed(tables, lambda t, i=i: t["targets"][i]["steps"].pop(0)),
            )


@operator
def widen_a_condition(tables: Tables) -> Iterator[Slip]:
    """A rule or path that was for some is for all."""
    for key in ("rules", "paths"):
        for i, each, place in _each(tables, key):
            if "when" in each and each.get("on") != "idle" and does({**each, "tag": "any"}):
                yield (
                    f"{place}.when",
                    DIFFERENT,
                    changed(tables, lambda t, k=key, i=i: t[k][i].pop("when")),
                )
