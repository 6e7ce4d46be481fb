"""Windows in which many are held at a time: a feed's subscribers, a chat's members; as asked for and as it went."""
