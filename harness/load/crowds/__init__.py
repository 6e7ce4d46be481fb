"""Windows in which many are held at a time, each on a connection of its own: a feed's subscribers, a chat's members."""
