"""Where events come from, beside the network: JSON lines, telephone exchanges, tables. One module for each kind."""
