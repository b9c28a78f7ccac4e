/// Reads response heads strictly (RFC 9112 sections 2, 4, 5 and 6), resuming where it stopped.
public struct HTTPResponseParser: Sendable, BitwiseCopyable {
    private var scanner = HeadScanner()

    /// Makes a parser that stands before a head.
    public init() {}

    /// Looks at `bytes`, which begin with the head; fills `response` when the outcome is `.complete`.
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, into response: inout HTTPParsedResponse
    ) -> HTTPParseOutcome {
        switch scanner.scan(bytes) {
        case .incomplete: return .incomplete
        case .refused(let refusal): return .refused(refusal)
        case .ended(let end):
            scanner = HeadScanner()
            do throws(HTTPRefusal) {
                let fieldsStart = try response.parseStatusLine(bytes)
                try response.parseFields(bytes, from: fieldsStart, to: end)
                return .complete(consumed: end)
            } catch {
                return .refused(error)
            }
        }
    }
}
