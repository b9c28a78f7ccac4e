/// What one call of `WebSocketConnection.next` found, and how far it got.
public struct WebSocketStep {
    /// Bytes to drop from the start of the receive buffer; what stands behind them comes into the next call.
    public let consumed: Int
    /// What those bytes were.
    public let event: WebSocketEvent

    @inlinable @inline(__always)
    init(consumed: Int, event: WebSocketEvent) {
        self.consumed = consumed
        self.event = event
    }
}
