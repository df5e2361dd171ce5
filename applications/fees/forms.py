"""The form of a quote: a quantity for each item there is a price for, and what was found out.

It shows and keeps what was typed; what is right the door decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.fees.engine import Price
from applications.fees.rules import FOUND_OUT
from applications.fees.sums import told
from applications.models import Quote

PREFIX = "quantity-"
DEVELOPER = (("", _("不清楚")), ("true", _("是")), ("false", _("否")))
MOST = 20  # characters of a number


class QuoteForm(forms.Form):
    """Fields `quantity-<code>`, `land`, `developer`, `note` and the version that was seen."""

    land = forms.CharField(
        label=FOUND_OUT["land"],
        required=False,
        max_length=MOST,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不知道就留空，不要猜。"),
    )
    developer = forms.ChoiceField(
        label=FOUND_OUT["developer"], required=False, choices=DEVELOPER, widget=forms.RadioSelect
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, prices: list[Price], company: bool, last: Quote | None, seen: int, given: Any = None
    ) -> None:
        known = last.facts if last else {}
        first = {"land": known.get("land", ""), "developer": _choice(known.get("developer"))}
        super().__init__(given, initial=first | {"seen": seen})
        had = {item["code"]: item["quantity"] for item in last.items} if last else {}
        self.codes = [price.code for price in prices]
        for price in prices:
            said = {"price": told(price.price), "unit": price.unit}
            # At first what is counted by the piece is there once, and nothing else is.
            usual = "1" if price.lump and not last else ""
            self.fields[PREFIX + price.code] = forms.CharField(
                label=price.item,
                required=False,
                max_length=MOST,
                initial=had.get(price.code, usual),
                help_text=_("%(price)s 元/%(unit)s") % said,
            )
        if not company:
            del self.fields["developer"]

    @property
    def quantities(self) -> list[forms.BoundField]:
        return [self[PREFIX + code] for code in self.codes]

    def changes(self) -> dict[str, Any]:
        """What was typed, as the move `quote` asks for it."""
        typed = {code: self.data.get(PREFIX + code, "") for code in self.codes}
        found = {name: self.data.get(name, "") for name in FOUND_OUT if name in self.fields}
        return {"quantities": typed} | found

    def refuse(self, faults: Mapping[str, Any], message: Any) -> None:
        """Show a refusal at the fields it names, and what names none at the top."""
        mine = {name: text for name, text in faults.items() if name in self.fields}
        for name, text in mine.items():
            self.add_error(name, text)
        if not mine:
            self.add_error(None, message)


def _choice(known: bool | None) -> str:
    return "" if known is None else str(known).lower()
