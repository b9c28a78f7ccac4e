/// Reads response heads strictly (RFC 9112 sections 2, 4, 5 and 6), resuming where it stopped.
public struct HTTPResponseParser: Sendable, BitwiseCopyable {
    /// What one call found.
    public enum Outcome: Sendable, Equatable, BitwiseCopyable {
        /// The head is not whole; call again with the same bytes and more behind them.
        case incomplete
        /// The head of an interim answer, so many bytes long: drop them and go on (RFC 9110 section 15.2).
        case interim(consumed: Int)
        /// The answer's own head, so many bytes long; whatever stands behind them is not part of it.
        case complete(consumed: Int)
        /// The head is refused; nothing behind it can be trusted, so the connection ends.
        case refused(HTTPRefusal)
    }

    private var scanner = HeadScanner()
    private var interimAnswers: UInt8 = 0

    /// Makes a parser that stands before a head.
    public init() {}

    /// Looks at `bytes`, which begin with a head; fills `response` when the outcome is `.complete`.
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, into response: inout HTTPParsedResponse
    ) -> Outcome {
        guard unsafe Self.beginsAsHead(bytes) else { return .refused(.malformedStatusLine) }
        switch unsafe scanner.scan(bytes) {
        case .incomplete: return .incomplete
        case .refused(let refusal): return .refused(refusal)
        case .ended(let end):
            scanner = HeadScanner()
            do throws(HTTPRefusal) {
                let fieldsStart = try unsafe response.parseStatusLine(bytes)
                try unsafe response.parseFields(bytes, from: fieldsStart, to: end)
            } catch {
                return .refused(error)
            }
            guard response.isInterim else {
                interimAnswers = 0
                return .complete(consumed: end)
            }
            guard interimAnswers < HTTPLimits.interimAnswers else { return .refused(.tooManyInterimAnswers) }
            interimAnswers += 1
            return .interim(consumed: end)
        }
    }

    /// Whether the bytes there are can begin a status line: a peer of another protocol, which says a greeting
    /// and waits, is not waited for in turn.
    private static func beginsAsHead(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = "HTTP/"
        for index in 0..<min(bytes.count, name.utf8CodeUnitCount)
        where unsafe bytes[index] != name.utf8Start[index] {
            return false
        }
        return true
    }
}
