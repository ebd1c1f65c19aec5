"""How fast ecrmock is, side by side with what a user would take otherwise."""
