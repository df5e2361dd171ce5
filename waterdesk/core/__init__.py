"""People, areas, cases, the record, clocks, and the door through which a case changes."""
