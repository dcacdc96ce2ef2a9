"""Who people are, kept apart: references, the door, and every way out."""
