enum WebSocketWirePlaceholder {}
