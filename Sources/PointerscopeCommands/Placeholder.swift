/// Placeholder
public func run() {}
