"""Everything that touches the world: sources, stores, hosts, screens. Read `streams/runtime/pump.py` next."""
