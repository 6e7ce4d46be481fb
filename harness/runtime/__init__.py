"""Start, await and stop what is measured, wherever it runs; what local processes and containers share stands here."""
