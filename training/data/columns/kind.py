"""What a table's column can be taken as: the seam between the kinds and what goes through all columns alike.

A kind is a module beside this one, an entry and a field in `training.data.columns.kinds`, and the `Column` that its
values become.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from numpy.typing import NDArray

from training.data.column import Column
from training.data.table.survey import ColumnSurvey, Content
from training.data.text.cells import without_gaps

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class ColumnValues:
    """The values of a whole column, as its `Column` holds them.

    `merged` has, for each category that the file spells in several ways, all of its spellings.
    """

    values: NDArray[Any]
    categories: tuple[str, ...] = ()
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class ColumnReader(ABC):
    """Reads one column, part by part; a text that is one of `gaps` is none."""

    def __init__(self, gaps: Iterable[str]) -> None:
        self._gaps = tuple(gaps)

    def read(self, part: "pa.Array") -> NDArray[Any]:
        """The values of one part, compactly."""
        import pyarrow as pa

        return self._values(without_gaps(part, pa.array(self._gaps, pa.string())))

    @abstractmethod
    def _values(self, part: "pa.Array") -> NDArray[Any]:
        """The values of one part, whose gaps are null."""

    def whole(self, values: NDArray[Any]) -> ColumnValues:
        """The column, once all parts were read: `values` are theirs, joined."""
        return ColumnValues(values)


class ColumnKind(ABC):
    """One kind. What belongs to one column comes as its survey, which knows its file too."""

    name: ClassVar[str]
    """What the person reads, and the option `--name COLUMN` that asks for the kind."""

    contents: ClassVar[tuple[Content, ...]]
    """What a column must hold to be taken so unasked."""

    column: ClassVar[type[Column]]
    """What the values become."""

    @abstractmethod
    def require(self, column: ColumnSurvey) -> None:
        """Raise InvalidTable where a column that the person names cannot be taken so."""

    @abstractmethod
    def note(self, column: ColumnSurvey) -> str:
        """What to say of a column that is taken so unasked; raises InvalidTable where it should not be taken."""

    @abstractmethod
    def reader(self, column: ColumnSurvey) -> ColumnReader:
        """What reads the values of this column."""

    @abstractmethod
    def details(self, column: ColumnSurvey, note: str, read: ColumnValues) -> Iterable[str]:
        """What to say once the values are read, `note` among it; what is empty is left out."""

    def taken_as(self, column: ColumnSurvey, note: str, read: ColumnValues) -> str:
        """What the person is shown of the column."""
        details = ", ".join(filter(None, self.details(column, note, read)))
        return f"{self.name}: {details}" if details else self.name
