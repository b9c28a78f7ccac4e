import ByteCore
import ControlWire

extension FuzzTarget {
    /// What a client of the control socket sends; the first byte says whether each request is answered at
    /// once or only with the last byte.
    static let controlRequests = FuzzTarget(
        name: "control-requests", longestInput: 1400,
        seeds: {
            Seed.texts([
                "astatus\nworkers\ninfo 3\nlogs 20\n", "afollow 0\nstatus\n", "aevents\n",
                "areopen\r\nshutdown\n",
                "ainfo\n", "a\u{1}\n", "astatus now\n", "w" + String(repeating: "workers\n", count: 140),
                "a" + String(repeating: "x", count: 70), "a" + String(repeating: " ", count: 57) + "status\n",
            ])
        }
    ) { input in
        guard let first = input.first else { return nil }
        let answersAtOnce = first == UInt8(ascii: "a")
        // Who is answered at once is read so much at a time.
        if answersAtOnce, input.count > ControlLimits.aheadBytes { return nil }
        return Pieces.compare(UnsafeRawBufferPointer(rebasing: input.dropFirst())) { feed, transcript in
            var session = ControlSession()
            var isRefused = false
            while let piece = feed.next() {
                session.received(piece)
                guard answersAtOnce else { continue }
                note(&session, &isRefused, &transcript)
            }
            note(&session, &isRefused, &transcript)
        }
    }

    private static func note(
        _ session: inout ControlSession, _ isRefused: inout Bool, _ transcript: inout Transcript
    ) {
        while true {
            switch session.next() {
            case .nothing: return
            case .request(let request):
                if isRefused { transcript.complain("a request behind a refusal") }
                transcript.note(described: request)
                var line = ByteBuffer(capacity: ControlLimits.requestBytes)
                line.appendControl(request)
                let again = try? ControlRequest(UnsafeRawBufferPointer(rebasing: line.readable.dropLast()))
                if again != request { transcript.complain("\(request), then \(String(describing: again))") }
                session.answered()
            case .refuse(let fault):
                if isRefused { transcript.complain("refused twice") }
                isRefused = true
                // How much came ahead is up to how fast it came.
                if fault != .tooMuch { transcript.note(described: fault) }
                if fault.reason.utf8.contains(where: { $0 < 0x20 }) {
                    transcript.complain("a reason that is no line")
                }
            }
        }
    }

    /// A line of a server, as `ctl` reads it.
    static let controlAnswer = FuzzTarget(
        name: "control-answer", longestInput: 400,
        seeds: {
            Seed.texts([
                #"{"pointerscope":1,"version":"0.1.0","pid":123}"#, #"{"done":true}"#,
                #"{"error":"there is no worker 9","status":67}"#,
                #"{"worker":{"worker":1,"pid":7,"state":"running","rate":1.5}}"#,
                #"{"log":{"event":"ready","time":"2026-01-02T03:04:05.678Z"}}"#, #"{"note":"a\u0041"}"#,
                #"{"x":[[1]],"y":null}"#, "{}",
            ])
        }
    ) { input in
        guard let answer = ControlAnswer(input) else { return nil }
        var text = ByteBuffer(capacity: 256)
        switch answer {
        case .greeting(ControlAnswer.protocolVersion, let version, let pid):
            text.appendControlGreeting(version: version, pid: pid)
        case .greeting: return nil
        case .done: text.appendControlDone()
        case .error(let refusal): text.appendControlError(refusal)
        case .item(_, let value):
            // What the scanner has passed over is read once more, or holds what UTF-8 cannot say.
            _ = value.withUnsafeBytes { ControlValue($0) }
            return nil
        }
        let again = ControlAnswer(UnsafeRawBufferPointer(rebasing: text.readable.dropLast()))
        return again == answer ? nil : "\(answer), then \(String(describing: again))"
    }
}
