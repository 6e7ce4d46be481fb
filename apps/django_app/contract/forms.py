"""The forms that check an order, on values that JSON has given their types.

A form is made for the texts of a web page: its own fields would take "3" for a number, and a number for a text.
"""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

MOST_LINES: Final = 50


class StrictIntegerField(forms.IntegerField):
    """A number that is one in JSON."""

    def to_python(self, value: Any) -> int | None:
        # To Python, true is an integer too.
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class StrictCharField(forms.CharField):
    """A text that is one in JSON, taken as it is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        if value is not None and not isinstance(value, str):
            raise ValidationError("Enter a text.", code="invalid")
        return super().to_python(value)


class LineForm(forms.Form):
    """One line of an order."""

    sku = StrictCharField(max_length=20)
    quantity = StrictIntegerField(min_value=1, max_value=1_000)
    unit_cents = StrictIntegerField(min_value=1, max_value=1_000_000)


class LinesField(forms.Field):
    """The lines of an order, each checked by a form of its own."""

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or len(value) > MOST_LINES:
            raise ValidationError(f"Enter a list of 1 to {MOST_LINES} lines.", code="invalid")
        return [self.checked(line) for line in value]

    def checked(self, line: Any) -> dict[str, Any]:
        """The values of one line."""
        if not isinstance(line, dict):
            raise ValidationError("A line is an object.", code="invalid")
        form = LineForm(line)
        if not form.is_valid():
            raise ValidationError([f"{name}: {each}" for name, errors in form.errors.items() for each in errors])
        return form.cleaned_data


class OrderForm(forms.Form):
    """An order."""

    reference = StrictCharField(max_length=40, validators=[RegexValidator(r"^[A-Za-z0-9-]+\Z")])
    discount_percent = StrictIntegerField(min_value=0, max_value=50)
    lines = LinesField()
