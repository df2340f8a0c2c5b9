"""How numbers are spelled in text: a plain form, the marks that an option reads, and those that no option does.

Only spellings are here: what a column of such texts is taken as is not decided here.
"""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

SPACES = " \u00a0\u2009\u202f"
"""The space, and the no-break, thin and narrow no-break spaces that are used in numbers: one mark."""

APOSTROPHES = "'\u2019"

CURRENCY = (
    r"(?:[A-Z]{0,2}\p{Sc}|EUR|USD|GBP|CHF|JPY|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|CZK|BRL|MXN|ZAR|Fr\.|kr\.?|zł|Rs\.?)"
)


@dataclass(frozen=True)
class NumberForm:
    """The mark before the decimals, and the one between thousands (None: there is none).

    Thousands are groups of three digits after one to three, or India's groups of two before the last three
    (12,34,567). The marks are only left out, so both are read alike. `1,2,3` is no number.
    """

    decimal: str = "."
    thousands: str | None = None

    @property
    def pattern(self) -> str:
        """What a whole text must match to be a number: neither inf nor nan, nor an exponent of three digits."""
        return self._pattern(r"\d{1,2}")

    @property
    def any_size(self) -> str:
        """The same with an exponent of any length, as JSON and Python read it."""
        return self._pattern(r"\d+")

    def _pattern(self, exponent: str) -> str:
        whole = r"\d+"
        if self.thousands is not None:
            mark = _mark(self.thousands)
            whole += rf"|[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|[1-9]\d?(?:{mark}\d{{2}})+{mark}\d{{3}}"
        point = _mark(self.decimal)
        return rf"^[+-]?(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?{exponent})?$"

    def plain(self, numbers: "pa.Array") -> "pa.Array":
        """Texts that match `pattern`, spelled as Arrow and Python read numbers."""
        from pyarrow import compute

        if self.thousands is not None:
            numbers = compute.replace_substring_regex(numbers, _mark(self.thousands), "")
        return numbers if self.decimal == "." else compute.replace_substring(numbers, self.decimal, ".")

    def value(self, number: str) -> Decimal:
        """The same for one text, exactly: two texts are one number where their values are equal."""
        if self.thousands is not None:
            number = re.sub(_mark(self.thousands), "", number)
        return Decimal(number.replace(self.decimal, "."))


PLAIN = NumberForm()

FORMS = tuple(
    NumberForm(decimal, thousands)
    for decimal, thousands in itertools.product(".,", (None, ",", ".", "'", " ", "_"))
    if decimal != thousands
)
"""What is tried where a column's texts are no numbers as they stand."""


def is_mark(text: str) -> bool:
    """Whether `text` can stand in a number beside its digits, its signs and its exponent: one character."""
    return len(text) == 1 and not text.isalnum() and text not in '+-"\r\n'


def undecorated(text: "pa.Array") -> "pa.Array":
    """The texts without what no option reads: currencies, percent signs, other minus signs, brackets for a minus.

    A hexadecimal number becomes 0. What else is in a text stays.
    """
    from pyarrow import compute

    for pattern, replacement in (
        (r"^[+-]?0[xX][0-9a-fA-F]+$", "0"),
        ("[\u2212\u2013]", "-"),
        (rf"^([+-]?)[{SPACES}]*{CURRENCY}[{SPACES}]*", r"\1"),
        (rf"[{SPACES}]*(?:{CURRENCY}|[%\x{{2030}}])$", ""),
        (r"^\((.*)\)$", r"-\1"),
        (rf"^([^+-].*?)[{SPACES}]*-$", r"-\1"),
        (rf"^([+-])[{SPACES}]+", r"\1"),
        (rf"^([+-]?){CURRENCY}[{SPACES}]*", r"\1"),
    ):
        text = compute.replace_substring_regex(text, pattern, replacement)
    return text


def may_be_numbers(text: "pa.Array") -> "pa.Array":
    """Which of the texts would be numbers if their marks were left out or read: a mask of the same length."""
    from pyarrow import compute

    marks = re.escape(SPACES + APOSTROPHES + ".,_")
    return compute.match_substring_regex(
        undecorated(text), rf"^[+-]?[{marks}]?\d(?:[{marks}\d]*)(?:[eE][+-]?\d{{1,2}})?$"
    )


def forms_of(parts: "Iterable[pa.Array]", ignored: Iterable[str]) -> tuple[NumberForm, ...]:
    """The simplest forms that read every text of `parts` but those `ignored`, once it is undecorated.

    A form with a mark for thousands is left out where it reads nothing that the same without it does not.
    """
    import pyarrow as pa
    from pyarrow import compute

    left_out = pa.array(list(ignored), pa.string())
    able = list(FORMS)
    for part in parts:
        text = part.drop_null().unique()
        text = undecorated(text.filter(compute.invert(compute.is_in(text, left_out))))
        able = [
            form for form in able if compute.all(compute.match_substring_regex(text, form.pattern), min_count=0).as_py()
        ]
    return tuple(form for form in able if form.thousands is None or NumberForm(form.decimal) not in able)


def unit_of(texts: Iterable[str]) -> str | None:
    """The one word that follows a number in each text (`12 kg`, `8.5 kg`), or None."""
    unit: str | None = None
    for text in texts:
        found = re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?\s*([^\W\d_]\D*)", text)
        if found is None or unit not in (None, found[1]):
            return None
        unit = found[1]
    return unit


def _mark(mark: str) -> str:
    for alike in (SPACES, APOSTROPHES):
        if mark in alike:
            return f"[{alike}]"
    return re.escape(mark)
