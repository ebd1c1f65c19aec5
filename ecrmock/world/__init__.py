"""Outside: clock, identifiers, events, scheduler, tokens, addresses. All of it can be replaced."""
