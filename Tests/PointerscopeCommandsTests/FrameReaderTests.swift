import LiveModel
import Testing

@testable import PointerscopeCommands

@Suite struct FrameReaderTests {
    private static let keyframe = "id: b-7\nevent: keyframe\ndata: {\"at\":1,\"visitors\":[]}\n\n"

    private func read(
        _ text: String, _ reader: inout FrameReader, _ model: inout LiveModel
    ) -> StreamFailure? {
        Array(text.utf8).withUnsafeBytes { reader.read($0, into: &model, now: 0) }
    }

    @Test func aServerIsKnownByWhatItSays() {
        var reader = FrameReader()
        var model = LiveModel(seed: 1)
        #expect(read(":  \nretry: 3000\n\n", &reader, &model) == nil)
        #expect(!reader.hasSpoken && reader.retryMilliseconds == 3000)
        #expect(read(Self.keyframe, &reader, &model) == nil)
        #expect(reader.hasSpoken && model.hasWholePicture && !model.hasStatus)
        // Events that are yet to be thought of mean nothing.
        #expect(read("event: weather\ndata: {\"sun\":true}\n\n", &reader, &model) == nil)
        #expect(read("event: status\ndata: {}\n\n", &reader, &model) == nil)
        #expect(model.hasStatus)
    }

    @Test(arguments: [
        "data: hello\n\n", "event: tick\ndata: 1\n\n", "event: keyframe\ndata: not JSON\n\n",
        "event: keyframe\ndata: {\"at\":1}\n\n",
    ])
    func othersAreKnownAsWell(text: String) {
        var reader = FrameReader()
        var model = LiveModel(seed: 1)
        #expect(read(text, &reader, &model) == .notPointerscope)
        #expect(!reader.hasEverSpoken)
    }

    @Test func theNextStreamGoesOnWhereTheLastEnded() {
        var reader = FrameReader()
        var model = LiveModel(seed: 1)
        _ = read(Self.keyframe + "id: b-9\nevent: frame\ndata: {\"at\":2,\"sam", &reader, &model)
        #expect(reader.lastEventID.isEmpty)
        reader.begin()
        #expect(reader.lastEventID == Array("b-9".utf8))
        #expect(!reader.hasSpoken && reader.hasEverSpoken)
        #expect(read(Self.keyframe, &reader, &model) == nil)
        #expect(reader.hasSpoken)
        reader.begin()
        reader.begin()
        #expect(reader.lastEventID == Array("b-7".utf8), "a stream that said nothing takes no word away")
    }

    @Test func aMessageHasAnEnd() {
        var reader = FrameReader()
        var model = LiveModel(seed: 1)
        _ = read(Self.keyframe, &reader, &model)
        #expect(read("data: " + String(repeating: "x", count: 1 << 21), &reader, &model) == .malformed)
    }

    @Test func theMasterLetsGo() {
        var reader = FrameReader()
        var model = LiveModel(seed: 1)
        _ = read(Self.keyframe, &reader, &model)
        #expect(!reader.isDetached)
        #expect(read("event: detached\ndata: {\"pid\":1}\n\n", &reader, &model) == nil)
        #expect(reader.isDetached)
    }
}
