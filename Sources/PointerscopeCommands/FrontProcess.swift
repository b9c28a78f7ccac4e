func serveWithFront(_ settings: ServeSettings, arguments: [String]) -> Int32 { serveAsMaster(settings, front: nil) }
