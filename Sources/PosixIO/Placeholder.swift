enum PosixIOPlaceholder {}
