"""The cut of a marker that parts survival best, and a P that counts the search for it."""
