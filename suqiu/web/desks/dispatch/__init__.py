"""The dispatch desk: what waits for a unit, what came back, what is disputed, each with suggestions and reasons."""
