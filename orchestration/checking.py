"""An ended answer held against what its tools returned: figures that stand on nothing, where its links come from."""

from orchestration.beside_material import Material
from shared.charts.figures import Checked, KnownValues, check_figures
from shared.protocol.beside import AnswerChecked
from shared.protocol.shapes import SYSTEM
from shared.sources import check_links


def checked_answer(material: Material, turn_id: str) -> AnswerChecked | None:
    """Return what there is to tell of the answer; None where every figure is known and nothing is linked to."""
    figures = _figures(material)
    links = check_links(material.words, [(result.event, result.text) for result in material.results])
    if not (figures.unmatched or links.sources or links.unsourced):
        return None
    return AnswerChecked(
        actor=SYSTEM,
        turn_id=turn_id,
        message_id=material.answer.message_id,
        figures=figures.figures,
        unmatched=figures.unmatched,
        sources=links.sources,
        unsourced=links.unsourced,
        **material.narrow,
    )


def _figures(material: Material) -> Checked:
    """Check the figures of an answer made of tables; of any other, there is nothing to hold them against."""
    tables = [table for _, table in material.tables]
    if not any(table.has_numbers for table in tables):
        return Checked(figures=0, unmatched=())
    known = KnownValues([result.document for result in material.results], tables, [material.question])
    return check_figures(material.words, known)
