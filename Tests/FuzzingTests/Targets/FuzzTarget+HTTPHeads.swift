import ByteCore

@testable import BroadcastHub
@testable import HTTPWire
@testable import ViewerGateway
@testable import WebSocketWire

extension FuzzTarget {
    /// Requests one behind the other, with what both ports read out of their heads.
    static let httpRequest = FuzzTarget(name: "http-request", longestInput: 2048, seeds: requestSeeds) {
        input in
        Pieces.compare(input) { feed, transcript in
            var parser = HTTPRequestParser()
            var head = HTTPRequestHead()
            var inbound = Inbound()
            var isOver = false
            // Bytes of a body that are passed over.
            var skipped = 0
            while let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    var rest = UnsafeRawBufferPointer(bytes)
                    while !isOver {
                        let passed = min(skipped, rest.count)
                        skipped -= passed
                        rest = UnsafeRawBufferPointer(rebasing: rest[passed...])
                        guard skipped == 0, !rest.isEmpty else { break }
                        switch parser.parse(rest, into: &head) {
                        case .incomplete: return bytes.count - rest.count
                        case .refused(let refusal):
                            transcript.note(refusal.reason)
                            isOver = true
                        case .complete(let consumed):
                            transcript.note(consumed)
                            note(head, rest, &transcript)
                            rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                            skipped = head.contentLength ?? 0
                            isOver = head.framing == .chunked
                        }
                    }
                    return bytes.count - (isOver ? 0 : rest.count)
                }
            }
        }
    }

    /// Answers to a client, and the bodies behind them as their heads say.
    static let httpResponse = FuzzTarget(
        name: "http-response", longestInput: 2048, seeds: responseSeeds
    ) { input in
        Pieces.compare(input) { feed, transcript in
            var parser = HTTPResponseParser()
            var head = HTTPParsedResponse()
            var inbound = Inbound()
            var isOver = false
            while let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    var rest = UnsafeRawBufferPointer(bytes)
                    while !isOver, !rest.isEmpty {
                        switch parser.parse(rest, into: &head) {
                        case .incomplete: return bytes.count - rest.count
                        case .refused(let refusal):
                            transcript.note(refusal.reason)
                            isOver = true
                        case .interim(let consumed):
                            transcript.note(head.status)
                            rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                        case .complete(let consumed):
                            note(head, rest, &transcript)
                            rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                            isOver = true
                        }
                    }
                    return bytes.count - (isOver ? 0 : rest.count)
                }
            }
        }
    }

    /// A body that arrives in chunks.
    static let chunkedBody = FuzzTarget(
        name: "chunked-body", longestInput: 1024,
        seeds: {
            Seed.texts([
                "5\r\nhello\r\n0\r\n\r\n", "1a;name=\"v\"\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX: y\r\n\r\n",
                "00000003\r\nabc\r\n000\r\n\r\nrest", "ffffffff\r\nabc", "5\r\nhello\n", "g\r\n",
                "3 \r\nabc\r\n",
                "0\r\nA: b\r\nC: d\r\n\r\n",
            ])
        }
    ) { input in
        if let complaint = chunks(input, .lenient) { return complaint }
        return chunks(input, .strict)
    }

    /// Decodes chunks in all ways.
    private static func chunks(
        _ input: UnsafeRawBufferPointer, _ rigour: ChunkedDecoder.Rigour
    ) -> String? {
        Pieces.compare(input) { feed, transcript in
            var decoder = ChunkedDecoder(rigour)
            var body: [UInt8] = []
            while let piece = feed.next() {
                var offset = 0
                reading: while true {
                    let step = decoder.next(piece, offset: &offset)
                    guard offset >= 0, offset <= piece.count else {
                        return transcript.complain("past the end")
                    }
                    switch step {
                    case .needMore: break reading
                    case .bytes(let range): body += piece[range]
                    case .ended:
                        body.withUnsafeBytes { transcript.note($0) }
                        return transcript.note("ended")
                    case .malformed:
                        body.withUnsafeBytes { transcript.note($0) }
                        return transcript.note("malformed")
                    }
                }
            }
            body.withUnsafeBytes { transcript.note($0) }
        }
    }

    /// Notes everything that is read out of a request.
    private static func note(
        _ head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, _ transcript: inout Transcript
    ) {
        transcript.note(head.method.name)
        transcript.note(head.version.rawValue)
        transcript.note(head.target.slice(of: bytes))
        transcript.note(described: head.framing)
        transcript.note(head.isKeepAlive ? "stays" : "goes")
        transcript.note(head.isForLoopback(in: bytes) ? "loopback" : "another host")
        note(head.fields, bytes, &transcript)
        var path = ByteBuffer(capacity: 64)
        if path.appendPercentDecoded(head.path.slice(of: bytes)) {
            transcript.note(described: Route.find(path.readable))
        }
        var scratch = ByteBuffer(capacity: 64)
        do throws(StreamRequest.Refusal) {
            let request = try StreamRequest(head, in: bytes, scratch: &scratch)
            transcript.note(described: request.resume)
        } catch {
            transcript.note(error.reason)
        }
        let tag = EntityTag(of: path.readable)
        transcript.note(tag.isNamed(by: head.fields, in: bytes) ? "known" : "new")
    }

    private static func note(
        _ head: borrowing HTTPParsedResponse, _ bytes: UnsafeRawBufferPointer, _ transcript: inout Transcript
    ) {
        transcript.note(head.status)
        transcript.note(head.phrase.slice(of: bytes))
        transcript.note(described: head.framing)
        transcript.note(head.isKeepAlive ? "stays" : "goes")
        transcript.note(head.fields.hasMediaType("text/event-stream", in: bytes) ? "stream" : "none")
        note(head.fields, bytes, &transcript)
    }

    private static func note(
        _ fields: borrowing HTTPFieldTable, _ bytes: UnsafeRawBufferPointer, _ transcript: inout Transcript
    ) {
        for index in 0..<fields.count {
            transcript.note(fields[index].name.slice(of: bytes))
            transcript.note(fields[index].value.slice(of: bytes))
        }
    }
}
