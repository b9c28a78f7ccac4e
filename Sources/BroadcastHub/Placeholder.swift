enum BroadcastHubPlaceholder {}
