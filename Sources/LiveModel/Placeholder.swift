enum LiveModelPlaceholder {}
