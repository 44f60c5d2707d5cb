"""URLs go in; the photos behind them, their bytes and what is remembered of them come out."""
