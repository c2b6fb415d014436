"""The rows of a population as Parquet: a column a line, by parts that are joined one by one.

The only module that knows pyarrow, which comes with the extra « parquet » and weighs more than the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from certif_rules.services.lot import Dues, Lot
    from certif_rules.services.organismes import Correspondance


def parquet_of(lot: Lot, correspondance: Correspondance) -> Callable[[int, Iterable[Dues]], bytes]:
    """Return what writes the rows of a part as a Parquet file of its own.

    Who each organisation is, the rules, its categories, its warnings, then its state for each line, by the id
    of the line. A part without rows has the same columns.
    """
    import pyarrow as pa
    from pyarrow import parquet

    from certif_rules.services.lot import edition_of, warning_codes

    few = pa.dictionary(pa.int16(), pa.string())  # a state, a digest: the same words again and again
    words = pa.list_(pa.string())
    columns: list[tuple[str, Any, Callable[[Dues], Any]]] = [
        ("rang", pa.int64(), lambda row: row.organisation.rang),
        *[(part, pa.string(), _identity(part)) for part in correspondance.organisme],
        ("referentiel", few, edition_of),
        ("empreinte", few, lambda row: row.checklist.empreinte),
        ("categories", words, lambda row: row.checklist.contexte.categories),
        ("avertissements", words, warning_codes),
        *[(id_, few, _state(rank)) for rank, id_ in enumerate(lot.resolution.referentiel.indicateurs)],
    ]
    schema = pa.schema([(name, type_) for name, type_, _ in columns])

    def render(_: int, rows: Iterable[Dues]) -> bytes:
        listed = list(rows)
        arrays = [pa.array(map(read, listed), type_, size=len(listed)) for _, type_, read in columns]
        written = BytesIO()
        with parquet.ParquetWriter(written, schema) as writer:
            writer.write_batch(pa.record_batch(arrays, schema=schema))
        return written.getvalue()

    return render


def join_parquet(parts: Sequence[Path], stream: BinaryIO) -> None:
    """Pour the parts of a work into one Parquet file; one of them at a time is in memory."""
    from pyarrow import parquet

    with parquet.ParquetWriter(stream, parquet.read_schema(parts[0])) as writer:
        for path in parts:
            writer.write_table(parquet.read_table(path))


def written_by() -> str:
    """Return the version of the library: two of them may write the same rows in other bytes."""
    import pyarrow as pa

    return str(pa.__version__)


def _identity(part: str) -> Callable[[Dues], Any]:
    return lambda row: row.organisation.identite.get(part)


def _state(rank: int) -> Callable[[Dues], str]:
    return lambda row: row.checklist.lignes[rank].etat
