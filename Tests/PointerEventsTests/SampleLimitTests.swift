import ByteCore
import PointerEvents
import Testing

/// One over each limit; `SampleDecodingTests` has each limit itself.
struct SampleLimitTests {
    @Test func boundsIdsAndPages() {
        let id = String(repeating: "i", count: Limits.idBytes + 1)
        #expect(Decoded(#"{"id":"\#(id)","x":1,"y":2}"#).refusal == .unacceptable(.id))
        // Bytes count, not characters: 22 of three bytes each.
        let wide = String(repeating: "東", count: 22)
        #expect(Decoded(#"{"id":"\#(wide)","x":1,"y":2}"#).refusal == .unacceptable(.id))
        let page = String(repeating: "p", count: Limits.pageBytes + 1)
        #expect(Decoded(#"{"id":"u","x":1,"y":2,"p":"\#(page)"}"#).refusal == .unacceptable(.page))
        let long = String(repeating: "n", count: Limits.nameBytes + 1)
        #expect(Decoded(#"{"id":"u","x":1,"y":2,"n":"\#(long)"}"#).refusal == .unacceptable(.name))
        #expect(Decoded(#"{"id":"u","x":1,"y":2,"el":"\#(long)"}"#).refusal == .unacceptable(.element))
        let escaped = String(repeating: #"\u0070"#, count: Limits.pageBytes + 1)
        #expect(Decoded(#"{"id":"u","x":1,"y":2,"p":"\#(escaped)"}"#).refusal == .unacceptable(.page))
    }

    @Test func boundsNesting() {
        let open = String(repeating: "[", count: 17)
        let close = String(repeating: "]", count: 17)
        #expect(Decoded(open + close).refusal == .nestedTooDeeply)
        #expect(
            Decoded(#"{"id":"u","x":1,"y":2,"z":\#(open.dropLast())\#(close.dropLast())}"#).refusal
                == .nestedTooDeeply)
        let objects = String(repeating: #"{"a":"#, count: 17)
        #expect(Decoded(objects).refusal == .nestedTooDeeply)
        // At once: what stands behind it is not looked at, what stands before it is.
        #expect(Decoded(open + "not JSON").refusal == .nestedTooDeeply)
        #expect(Decoded("[1,]" + open).refusal == .notJSON(.unexpectedByte))
        #expect(SampleRefusal.nestedTooDeeply.closeCode == 1_008)
        // The bound is not reached by what stands in strings or side by side.
        #expect(Decoded(#"{"id":"\#(open)","x":1,"y":2}"#).outcome == .accepted(count: 1))
    }

    @Test func boundsMessages() {
        let padding = String(repeating: " ", count: Limits.messageBytes - 21)
        let refusal = Decoded(#"{"id":"u","x":1,"y":2}"# + padding).refusal
        #expect(refusal == .tooBig)
        #expect(refusal?.closeCode == 1_009)
    }

    /// The reason goes into a close frame: 125 bytes less two for the code (RFC 6455, section 5.5).
    @Test func givesReasonsThatFitAndDiffer() {
        let faults = (0...UInt8.max).compactMap(JSONFault.init(rawValue:))
        var refusals: [SampleRefusal] = [.tooBig, .nestedTooDeeply, .notAnObject]
        refusals += faults.filter { $0 != .nestedTooDeeply }.map { .notJSON($0) }
        refusals += SampleKey.allCases.flatMap { [.duplicate($0), .unacceptable($0)] }
        refusals += [.missing(.id), .missing(.x), .missing(.y)]
        refusals += WireV1Fault.allCases.map { .wire($0) } + [.wrongKind, .tooManySamples]
        let reasons = refusals.map { "\($0.reason)" }
        #expect(reasons.allSatisfy { (1...123).contains($0.utf8.count) && $0.allSatisfy(\.isASCII) })
        #expect(Set(reasons).count == reasons.count)
    }
}
