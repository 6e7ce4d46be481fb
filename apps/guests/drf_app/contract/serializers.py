"""What comes in and what goes out, field by field."""

from typing import Any, Final

from django.core.validators import RegexValidator
from rest_framework import serializers

from contract.models import World

MOST_IDS: Final = 500
MOST_LINES: Final = 50


class StrictIntegerField(serializers.IntegerField):
    """A number that is one in JSON: the framework's own field takes the text "3" as well."""

    def to_internal_value(self, data: Any) -> int:
        # To Python, true is an integer too.
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class StrictCharField(serializers.CharField):
    """A text that is one in JSON, taken as it is: the framework's own field takes the number 3 as well."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ItemsQuery(serializers.Serializer):
    count = serializers.IntegerField(min_value=1, max_value=100)
    factor = serializers.IntegerField(min_value=1, max_value=1_000_000)


class WorldQuery(serializers.Serializer):
    id = serializers.IntegerField()


class WorldsQuery(serializers.Serializer):
    ids = serializers.CharField()

    def validate_ids(self, value: str) -> list[int]:
        """The integers between the commas."""
        texts = value.split(",")
        if len(texts) > MOST_IDS:
            raise serializers.ValidationError(f"There are at most {MOST_IDS} ids.")
        return [serializers.IntegerField().run_validation(text) for text in texts]


class WaitQuery(serializers.Serializer):
    ms = serializers.IntegerField(min_value=0, max_value=10_000)


class FeedQuery(serializers.Serializer):
    interval_ms = serializers.IntegerField(min_value=10, max_value=60_000)


class SizeSerializer(serializers.Serializer):
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ItemSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    price = serializers.FloatField()
    available = serializers.BooleanField()
    made_on = serializers.DateField()
    size = SizeSerializer()
    tags = serializers.ListField(child=serializers.CharField())
    previous = serializers.IntegerField(allow_null=True)


class WorldSerializer(serializers.ModelSerializer):
    randomNumber = serializers.IntegerField(source="random_number")  # noqa: N815 - what the API calls it

    class Meta:
        model = World
        fields = ("id", "randomNumber")


class LineSerializer(serializers.Serializer):
    sku = StrictCharField(max_length=20)
    quantity = StrictIntegerField(min_value=1, max_value=1_000)
    unit_cents = StrictIntegerField(min_value=1, max_value=1_000_000)


class OrderSerializer(serializers.Serializer):
    reference = StrictCharField(max_length=40, validators=[RegexValidator(r"^[A-Za-z0-9-]+\Z")])
    discount_percent = StrictIntegerField(min_value=0, max_value=50)
    lines = LineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)
