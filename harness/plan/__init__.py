"""Profile -> cells, rounds, seeded order, time budget. Pure: nothing here touches the machine."""
