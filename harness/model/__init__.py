"""The data contracts between the rooms: frozen, validated, no I/O."""
