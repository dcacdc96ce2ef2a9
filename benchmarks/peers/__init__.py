"""The same rule, written by hand for other engines, as someone who knows them well would write it."""
