"""The checks of `/chat`: who is let in to a room, and what its members hear."""
