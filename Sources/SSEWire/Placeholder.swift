enum SSEWirePlaceholder {}
