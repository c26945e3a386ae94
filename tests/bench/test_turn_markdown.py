"""The page's tables, made of figures that are made up."""
# ruff: noqa: RUF001 - signs as the page has them

from bench.turn_client import Subject, Variant
from bench.turn_durable import Durable
from bench.turn_figures import MULTIPLE, Row, Table
from bench.turn_found import Found, client_table
from bench.turn_markdown import markdown
from bench.turn_repeated import Repeated
from bench.turn_report import LoadTable, load_table
from tests.bench.measured import measured

DURABLE = {"t_1": Durable(bytes=1567, actions=6, activities=2, episodes=3)}
OTHER = Table(
    title="Tools side by side",
    rows=[
        Row(name="one call", unit="ms", product=(81.0, 1090.4), plain=(60.0, 61.0)),
        Row(name="  model done -> first tool called", unit="ms", product=(10.0, 20.0), plain=(5.0, 6.0)),
        Row(name="more for five", unit="ms", product=(23.1,), plain=(15.5,), most=(15,)),
    ],
    notes=["what to know of it"],
)


def _load(people: int, variant: Variant = "bare", *, late: float = 0.0041, foreign: float = 0.0) -> LoadTable:
    def side(subject: Subject, late: float, rate: float) -> Repeated:
        every = (
            measured(subject, (late,) * 2, people=people, variant=variant, turns=turns, foreign=foreign)
            for turns in (9.0, rate, 12.0)
        )
        return Repeated(repetitions=tuple(every))

    return load_table(side("product", late, 10.0), side("plain", 0.0021, 11.0), DURABLE)


def _found(*loads: LoadTable, client_late: float = 0.001) -> Found:
    client = client_table([measured("null", (client_late,) * 3)])
    return Found(loads=loads, client=client, others=[OTHER])


def _line(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {start}"))


def test_a_time_stands_beside_its_goal_and_the_plain_server() -> None:
    text = markdown(_found(_load(1), _load(1, "tool", late=0.0501)), "one full run, 317 s")
    assert "| one person | no tool | goal | one tool | goal | plain server, no tool / one tool |" in text
    assert _line(text, "**added before the first delta**") == (
        "| **added before the first delta** | **5.1 / 5.1** | ≤ 15 / 25, met | **51.1 / 51.1** "
        "| ≤ 25 / 40, **missed** | 3.1 / 3.1; 3.1 / 3.1 |"
    )
    assert _line(text, "question sent → model asked").startswith("| question sent → model asked | 4.1 / 4.1 |  |")


def test_counts_stand_side_by_side_for_all_numbers_of_people() -> None:
    text = markdown(_found(_load(100), _load(1), _load(20)), "one full run")
    assert "| per turn; 1, 20, 100 people | no tool | plain server, no tool | goal |" in text
    assert _line(text, "durable history") == (
        "| durable history | 1.6 / 1.6 kB, 1.6 / 1.6 kB, 1.6 / 1.6 kB |  | ≤ 4,096 B, met |"
    )
    assert _line(text, "log requests per model step") == (
        "| log requests per model step | 2 / 2, 2 / 2, 2 / 2 |  | ≤ 3, met |"
    )
    assert _line(text, "blobs read").endswith("| 0, 0, 0 |  | 0, met |")
    assert _line(text, "frames to the client").endswith("| 26 / 26, 26 / 26, 26 / 26 | 26 / 26, 26 / 26, 26 / 26 |  |")
    assert text.count("Log requests of a model step: ") == 1


def test_full_load_is_held_against_the_plain_server() -> None:
    text = markdown(_found(_load(100)), "one full run")
    assert _line(text, "**added before the first delta**").endswith("| ≤ – / 3.1, **missed** | 3.1 / 3.1 |")
    assert "| 0.91 × | ≥ 0.95, **missed** |" in _line(text, "turns per second as a part of the plain server's")


def test_other_parts_keep_their_breakdown_and_notes() -> None:
    text = markdown(_found(_load(1)), "one full run")
    assert "| Tools side by side | SalesCoach | plain server | goal |" in text
    assert "| one call | 81 / 1,090 | 60.0 / 61.0 |  |" in text
    assert "| – model done → first tool called | 10.0 / 20.0 | 5.0 / 6.0 |  |" in text
    assert "| more for five | 23.1 | 15.5 | ≤ 15, **missed** |" in text
    assert "What to know of it." in text
    assert "- Tools side by side: more for five" in text


def test_a_client_that_takes_long_marks_the_run_and_is_no_goal_of_the_product() -> None:
    quick, slow = _found(_load(1)), _found(_load(1), client_late=0.004)
    assert not quick.disturbed
    assert "disturbed" not in markdown(quick, "one full run")
    assert slow.disturbed == ["by the client: 1 person asking, no tool: added before the first delta 5.0 / 5.0"]
    assert slow.missed == quick.missed
    assert "**This run was disturbed:**" in markdown(slow, "one full run")


def test_other_programs_mark_the_run() -> None:
    found = _found(_load(1, foreign=0.2))
    assert found.disturbed[0].startswith("by other programs (20% of the machine): 1 person asking, no tool")
    assert "other programs using 20% to 20% of the machine" in markdown(found, "one full run")


def test_a_part_alone_and_figures_of_any_size_are_written() -> None:
    rows = [
        Row(name="before", unit="kB", product=(278_000.0,)),
        Row(name="more with 1000 that stay", unit="kB", product=(-80.0,), most=(1024,)),
        Row(name="as a multiple", unit=MULTIPLE, product=(1.54,), most=(1.5,)),
        Row(name="share", product=(0.25,)),
        Row(name="nothing"),
    ]
    text = markdown(Found(loads=[], client=None, others=[Table(title="Idle", rows=rows)]), "only the parts idle")
    assert "| Idle | SalesCoach | goal |" in text
    assert "| before | 271.5 MB |  |" in text
    assert "| more with 1000 that stay | -80 kB | ≤ 1,024 kB, met |" in text
    assert "| as a multiple | 1.54 × | ≤ 1.50, **missed** |" in text
    assert "| nothing | – |  |" in text
