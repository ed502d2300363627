"""The refusal of a whole file, and of one cell."""

from distribution.errors import DistributionError
from pickup_points.tables import TableRefused


class FileRefused(DistributionError):
    """The file as a whole is not taken; `shape` says why in code: that of TableRefused, or one of ours."""

    code = "file_refused"

    def __init__(self, shape: str, sentence: str) -> None:
        super().__init__(sentence)
        self.shape = shape

    @classmethod
    def of(cls, refused: TableRefused) -> "FileRefused":
        return cls(refused.code, str(refused))


class Wrong(Exception):
    """A cell that cannot be taken. The sentence never repeats what stands in it."""

    def __init__(self, code: str, sentence: str, *, column: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.column = column
