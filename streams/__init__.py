"""Everything that touches the world: sources, stores, hosts, screens. Read `pump.py` next."""
