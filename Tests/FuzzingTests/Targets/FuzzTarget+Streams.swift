import ByteCore
import LiveModel
import SSEWire

extension FuzzTarget {
    /// An event stream. The first byte says whether messages may be long; a plain reader gives the second
    /// opinion.
    static let eventStream = FuzzTarget(
        name: "event-stream", longestInput: 2048,
        seeds: {
            Seed.texts([
                "a:  \nretry: 2000\n\nid: 00c0ffee00c0ffee-17\ndata: {\"id\":\"user123\",\"x\":812,\"y\":433}\n\n",
                "aid: 1\nevent: frame\ndata: {\"at\":1}\n\n",
                "a\u{FEFF}data: a\r\ndata: b\r\rdata\n\nevent: x\n\ndata: c\n\n",
                "bdata: \(String(repeating: "x", count: 80))\n\n",
                "aid: a\0b\nretry: 12x\nretry:\ndata:  two\n\n",
                "b:\(String(repeating: "x", count: 50))\ndata:\(String(repeating: "y", count: 20))\n\n",
                "a:\n:\r:\r\n\n\n",
            ])
        }
    ) { input in
        guard let first = input.first else { return nil }
        let limit = first & 1 == 0 ? 64 : 1 << 20
        let stream = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        var messages: [SimpleEventStream.Message]?
        let complaint = Pieces.compare(stream) { feed, transcript in
            var parser = EventStreamParser(messageLimit: limit)
            var read: [SimpleEventStream.Message] = []
            var isRefused = false
            while !isRefused, let piece = feed.next() {
                var offset = 0
                do throws(EventStreamError) {
                    while let message = try parser.next(piece, offset: &offset) {
                        read.append(
                            .init(
                                event: Array(message.event), data: Array(message.data), id: Array(message.id))
                        )
                    }
                    if offset != piece.count {
                        transcript.complain("left \(piece.count - offset) bytes unread")
                    }
                } catch {
                    isRefused = true
                }
            }
            for message in read { transcript.note(described: message) }
            transcript.note(parser.retryMilliseconds ?? -1)
            transcript.note(isRefused ? "too long" : "read")
            messages = isRefused ? nil : read
        }
        guard complaint == nil, let messages else { return complaint }
        let expected = SimpleEventStream.messages(of: stream)
        return messages == expected ? nil : "\(messages), and should be \(expected)"
    }

    /// `Last-Event-ID`: what is taken for an id of ours is one, to the letter.
    static let lastEventID = FuzzTarget(
        name: "last-event-id", longestInput: 64,
        seeds: {
            Seed.texts([
                "00c0ffee00c0ffee-17", "ffffffffffffffff-18446744073709551615", "0000000000000000-0",
                "00c0ffee00c0ffee-",
                "00c0ffee00c0ffee-18446744073709551616", "00C0FFEE00C0FFEE-1", "00c0ffee00c0ffee-01",
            ])
        }
    ) { text in
        guard let id = LastEventID.parse(text) else { return nil }
        var again = ByteBuffer(capacity: 64)
        id.append(to: &again)
        return again.readable.elementsEqual(text) ? nil : "\(id) is written otherwise"
    }

    /// The picture that is built of a server's messages: one a line, its first letter says which.
    static let liveModel = FuzzTarget(name: "live-model", longestInput: 2048, seeds: liveModelSeeds) {
        input in
        var limits = LiveModelLimits()
        (limits.visitors, limits.pages, limits.workers, limits.totals) = (4, 3, 2, 3)
        (limits.audience, limits.refusals, limits.logLines) = (2, 2, 2)
        var model = LiveModel(limits: limits, seed: 1)
        var now: Int64 = 1_000_000_000
        for line in input.split(separator: UInt8(ascii: "\n"), maxSplits: 32) {
            guard let letter = line.first else { continue }
            now += Int64(letter & 7) * 300_000_000
            let event: StaticString =
                switch letter & ~7 {
                case UInt8(ascii: "k") & ~7: "keyframe"
                case UInt8(ascii: "s") & ~7: "status"
                case UInt8(ascii: "x") & ~7: "history"
                default: "frame"
                }
            let data = ExactCopy(UnsafeRawBufferPointer(rebasing: line.dropFirst()))
            _ = model.apply(event: event.rawBytes, data: data.readable, now: now)
            model.advance(now: now)
            if let complaint = PictureCheck.complaint(about: &model, limits) { return complaint }
        }
        return nil
    }

    @Sendable private static func liveModelSeeds() -> [[UInt8]] {
        let at = 1_732_109_508_123
        let visitors =
            #"[{"id":"a","since":1,"last":2,"worker":42,"rate":3.5,"x":1,"y":2,"k":"click","p":"/a","b":1,"w":800,"h":600}]"#
        return Seed.texts([
            "k{\"at\":\(at),\"visitors\":\(visitors)}\ng{\"at\":\(at + 100),\"samples\":[{\"id\":\"a\",\"x\":5,\"y\":6}]}",
            "k{\"at\":\(at),\"visitors\":[],\"more\":true}\nk{\"at\":\(at),\"visitors\":\(visitors)}\nf{\"at\":\(at)}",
            "f{\"at\":\(at),\"joins\":[{\"id\":\"b\",\"since\":\(at),\"worker\":7}],\"leaves\":[\"a\",\"\\u00e9\"]}",
            "f{\"at\":\(at),\"joins\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\"},{\"id\":\"e\"}]}\nf{\"at\":5,\"leaves\":[\"e\"]}",
            "s{\"workers\":[{\"pid\":42,\"state\":\"running\",\"connections\":3,\"rate\":5.5,\"restarts\":0,\"rss\":9000,\"cpu\":0.5,\"folded\":1,\"received\":9}],\"viewers\":2}",
            "s{\"totals\":{\"events\":{\"received\":1,\"relayed\":2},\"lost\":0},\"uptime\":5.5,\"ingest\":\"127.0.0.1:1\",\"http\":\"x\"}\ns{\"uptime\":1e300}",
            "s{\"audience\":[{\"name\":\"top\",\"shape\":\"frames\",\"hz\":10,\"behind\":3,\"conflated\":1,\"sent\":7,\"age\":1.5,\"idle\":0}],\"refused\":{\"a\":1}}",
            "s{\"latency\":{\"relayed\":{\"p50\":1,\"p99\":2,\"max\":3},\"encoded\":null}}",
            "s{\"log\":[{\"event\":\"ready\",\"time\":\"2026-11-20T16:00:00.123Z\",\"pid\":1,\"x\":[1],\"y\":{},\"z\":\"a b\",\"t\":true,\"n\":null}]}",
            "k{\"at\":\(at),\"visitors\":\(visitors)}\nx{\"at\":\(at - 500),\"totals\":{\"samples\":[[7,8],[1,0,2]]},\"rest\":-1,\"workers\":[{\"pid\":42,\"samples\":[[],[3]],\"cpu\":[[],[5]]}],\"pages\":[{\"p\":\"/a\",\"samples\":[[],[4,5]]}],\"more\":true}\nx{\"at\":\(at - 500),\"visitors\":[{\"id\":\"a\",\"s\":\"AB_-9\"}]}",
            "x{\"at\":5,\"totals\":{\"samples\":[[1e300],[-1]]},\"rest\":1e300}\nx{\"at\":0,\"workers\":[{\"pid\":1}]}",
            "f{\"at\":-1}", "f{\"at\":1e400}", "fnull",
            "f{\"at\":253402300799000,\"samples\":[{\"id\":\"a\",\"x\":1e308,\"y\":-1e308}]}",
        ])
    }
}
