"""收费: rules as data, a pure engine that quotes by them, and the payments of a case."""
