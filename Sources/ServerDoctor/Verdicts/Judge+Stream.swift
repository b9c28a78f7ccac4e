/// The way of viewers: an event stream that nobody on the way may hold back or change.
extension Judge {
    /// What came of a stream of frames, from which something is due once a second.
    struct StreamFinding: Equatable {
        /// The head, which a proxy that gathers holds back too.
        var reply: Reply
        /// From the question to the first byte of the body, milliseconds; nil where none came.
        var firstByteMilliseconds: Int?
        /// How often something came behind that, with a pause before it.
        var laterArrivals = 0
        /// How long it was watched behind the first byte, milliseconds.
        var watchedMilliseconds = 0
    }

    /// Longer than that the first bytes, which come at once, were held back.
    static let promptMilliseconds = 1_000

    private static let unbuffered =
        "let X-Accel-Buffering through to nginx, or proxy_buffering off; no cache and no gzip for the stream"

    /// Judges the stream, and what was done to it.
    static func stream(_ found: StreamFinding, _ site: Site) -> [Verdict] {
        guard case .answered(let answer) = found.reply else {
            return [
                .fail(
                    "stream", "the event stream \(found.reply.words): it is held back, or goes nowhere",
                    mend: unbuffered)
            ]
        }
        if let early = streamStatus(answer, site) { return [early] }
        var verdicts = [buffering(found)]
        if let coding = answer.value("content-encoding"), coding != "identity" {
            verdicts.append(
                .fail(
                    "compression", "the stream is compressed on the way (\(coding)), which gathers it",
                    mend: "no gzip, brotli or zstd for text/event-stream"))
        } else {
            verdicts.append(.ok("compression", "the stream comes as it was sent"))
        }
        let isLocked = answer.has("no-transform", in: "cache-control")
        if isLocked, answer.has("no-store", in: "cache-control") {
            verdicts.append(.ok("caching", "no-store and no-transform are kept"))
        } else {
            verdicts.append(
                .warn(
                    "caching",
                    "Cache-Control is '\(answer.value("cache-control") ?? "")', without "
                        + (isLocked ? "no-store" : "no-transform"),
                    mend: "the proxy must leave Cache-Control of the stream alone"))
        }
        return verdicts
    }

    /// Why it is no stream, if it is none.
    private static func streamStatus(_ answer: Answer, _ site: Site) -> Verdict? {
        let words = Reply.answered(answer).words
        switch answer.status {
        case 200 where answer.has("text/event-stream", in: "content-type"): return nil
        case 200:
            return .fail(
                "stream", "'\(answer.value("content-type") ?? "")' comes in the place of an event stream",
                mend: "the proxy must pass \(site.basePath)/receive/ on to the address of --http")
        case 401 where !site.hasToken: return .skip("stream", Site.needsToken)
        case 401:
            return .fail(
                "stream", "the token is not taken: it \(words)",
                mend: "a token that has not ended, and a proxy that passes on Authorization")
        case 421: return .skip("stream", "skipped: the Host is not answered")
        case 502, 503, 504: return .fail("stream", "the event stream \(words)", mend: noServer)
        default:
            return .fail(
                "stream", "the event stream \(words)",
                mend: "the proxy must pass \(site.basePath)/receive/ on to the address of --http")
        }
    }

    private static func buffering(_ found: StreamFinding) -> Verdict {
        let seconds = found.watchedMilliseconds / 1000
        guard let first = found.firstByteMilliseconds else {
            return .fail("stream", "the event stream begins and nothing of it comes", mend: unbuffered)
        }
        guard first <= promptMilliseconds else {
            return .fail(
                "stream", "the first bytes come after \(first) ms: they are held back", mend: unbuffered)
        }
        // One of those that are due may fall just behind the end.
        guard found.laterArrivals + 1 >= seconds else {
            return .fail(
                "stream",
                "the first bytes come after \(first) ms, then \(found.laterArrivals) of \(seconds) that are "
                    + "due: the stream is gathered", mend: unbuffered)
        }
        return .ok(
            "stream",
            "the first bytes come after \(first) ms, then \(found.laterArrivals) times in \(seconds) s")
    }

    /// Judges whether a viewer that comes back can go on: `isReset` is whether the server saw a Last-Event-ID
    /// that it cannot know; nil where there was no stream to ask.
    static func resume(isReset: Bool?) -> Verdict? {
        guard let isReset else { return nil }
        return isReset
            ? .ok("resume", "Last-Event-ID reaches the server")
            : .fail(
                "resume",
                "Last-Event-ID does not reach the server: viewers who come back miss what was in between",
                mend: "the proxy must pass the field on")
    }
}
