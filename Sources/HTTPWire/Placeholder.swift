enum HTTPWirePlaceholder {}
