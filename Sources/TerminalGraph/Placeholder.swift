enum TerminalGraphPlaceholder {}
