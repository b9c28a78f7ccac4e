import LiveModel
import Testing

@testable import MonitorClient

/// A reader and the model that it feeds.
private final class Hearing {
    private var reader = FrameReader()
    private var model = LiveModel(seed: 1)

    func read(_ text: String) -> StreamFailure? {
        Array(text.utf8).withUnsafeBytes { reader.read($0, into: &model, now: 1) }
    }

    func begin() { reader.begin() }

    var hasSpoken: Bool { reader.hasSpoken }
    var hasEverSpoken: Bool { reader.hasEverSpoken }
    var isDetached: Bool { reader.isDetached }
    var signedOut: SignedOut? { reader.signedOut }
    var lastEventID: String { String(decoding: reader.lastEventID, as: UTF8.self) }
    var retryMilliseconds: Int { reader.retryMilliseconds }
    var hasWholePicture: Bool { model.hasWholePicture }
    var hasStatus: Bool { model.hasStatus }
}

@Suite struct FrameReaderTests {
    private static let keyframe = "id: b-7\nevent: keyframe\ndata: {\"at\":1,\"visitors\":[]}\n\n"

    @Test func theEndOfASessionIsTold() {
        let stream = Hearing()
        // Before anything else as well: it is a server that wants somebody to sign in.
        #expect(stream.read("event: signed-out\ndata: {\"why\":\"revoked\",\"by\":\"10.0.0.7\"}\n\n") == nil)
        #expect(stream.signedOut?.text == "ended the stream: it was revoked, from 10.0.0.7")
        stream.begin()
        #expect(stream.signedOut == nil)
        #expect(stream.read(Self.keyframe) == nil)
        #expect(stream.signedOut == nil)
    }

    @Test func aServerIsKnownByWhatItSays() {
        let stream = Hearing()
        #expect(stream.read(":  \nretry: 3000\n\n") == nil)
        #expect(!stream.hasSpoken && stream.retryMilliseconds == 3000)
        #expect(stream.read(Self.keyframe) == nil)
        #expect(stream.hasSpoken && stream.hasWholePicture && !stream.hasStatus)
        // Events that are yet to be thought of mean nothing.
        #expect(stream.read("event: weather\ndata: {\"sun\":true}\n\n") == nil)
        #expect(stream.read("event: status\ndata: {}\n\n") == nil)
        #expect(stream.hasStatus)
    }

    @Test(arguments: [
        "data: hello\n\n", "event: tick\ndata: 1\n\n", "event: keyframe\ndata: not JSON\n\n",
        "event: keyframe\ndata: {\"at\":1}\n\n",
    ])
    func othersAreKnownAsWell(text: String) {
        let stream = Hearing()
        #expect(stream.read(text) == .notPointerscope)
        #expect(!stream.hasEverSpoken)
    }

    @Test func theNextStreamGoesOnWhereTheLastEnded() {
        let stream = Hearing()
        _ = stream.read(Self.keyframe + "id: b-9\nevent: frame\ndata: {\"at\":2,\"sam")
        #expect(stream.lastEventID.isEmpty)
        stream.begin()
        #expect(stream.lastEventID == "b-9")
        #expect(!stream.hasSpoken && stream.hasEverSpoken)
        #expect(stream.read(Self.keyframe) == nil)
        #expect(stream.hasSpoken)
        stream.begin()
        stream.begin()
        #expect(stream.lastEventID == "b-7", "a stream that said nothing takes no word away")
    }

    @Test func aMessageHasAnEnd() {
        let stream = Hearing()
        _ = stream.read(Self.keyframe)
        #expect(stream.read("data: " + String(repeating: "x", count: 1 << 21)) == .messageTooLong)
    }

    @Test func theMasterLetsGo() {
        let stream = Hearing()
        _ = stream.read(Self.keyframe)
        #expect(!stream.isDetached)
        #expect(stream.read("event: detached\ndata: {\"pid\":1}\n\n") == nil)
        #expect(stream.isDetached)
    }
}
