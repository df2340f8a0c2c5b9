"""What a table's column can be taken as: the seam between the kinds and what goes through all columns alike.

A kind is a module beside this one, an entry and a field in `training.data.columns.kinds`, and the `Column` that its
values become.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from numpy.typing import NDArray

from training.data.dataset import Column
from training.data.table.survey import ColumnSurvey, Content

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
    """Reads one column, part by part."""

    @abstractmethod
    def read(self, part: "pa.Array") -> NDArray[Any]:
        """The values of one part, compactly."""

    def whole(self, values: NDArray[Any]) -> ColumnValues:
        """The column, once all parts were read: `values` are theirs, joined."""
        return ColumnValues(values)


class ColumnKind(ABC):
    """One kind. What belongs to one column comes as its survey, which knows its file too."""

    name: ClassVar[str]
    """What the person reads, and the option `--name COLUMN` that asks for the kind."""

    contents: ClassVar[tuple[Content, ...]]
    """What a column must hold to become this kind where the person names none."""

    column: ClassVar[type[Column]]
    """What the values become."""

    @abstractmethod
    def require(self, column: ColumnSurvey) -> None:
        """Raise InvalidTable where a column that the person names for this kind cannot become it."""

    @abstractmethod
    def note(self, column: ColumnSurvey) -> str:
        """What to say of a column that becomes this kind by what it holds; raises InvalidTable where it should not."""

    @abstractmethod
    def reader(self, column: ColumnSurvey) -> ColumnReader:
        """What reads the values of this column."""

    @abstractmethod
    def details(self, column: ColumnSurvey, note: str, read: ColumnValues) -> Iterable[str]:
        """What to say once the values are read, `note` among it; what is empty is left out."""
